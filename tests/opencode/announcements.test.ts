import { afterEach, expect, test } from "bun:test";
import { startServer } from "../../scripts/scripted-host/opencode.ts";
import { askServer, createRig, spawn, until, type Answer, type Rig } from "./rig.ts";
import { startTerminalUi } from "./terminal.ts";

let rig: Rig;
afterEach(async () => await rig.dispose());

/** The requests by which the model was told of ends. */
function told() {
  return rig.model.requests.filter(({ prompt }) =>
    prompt.startsWith("This is an automatic message of the Bizar plugin."),
  );
}

test("Odin spawns, the user does nothing, and the answer to the announcement appears in the terminal UI", async () => {
  rig = await createRig();
  const idle = Promise.withResolvers<void>();
  rig.plan("the task", { after: idle.promise, text: "what the agent found" });
  rig.plan("delegate", spawn({ agent: "thor", prompt: "the task" }), { text: "It is under way." });
  rig.otherwise((request) => ({ text: request.prompt.includes("what the agent found") ? "So it was found." : "done" }));
  const ui = await startTerminalUi(rig.sandbox, ["--agent", "odin"]);
  ui.submit("delegate");
  await until("Odin has answered", () => ui.screen().includes("It is under way."));
  idle.resolve();
  await until("the answer to the announcement is on the screen", () => ui.screen().includes("So it was found."));
  expect(told()).toHaveLength(1);
  expect(told()[0]?.prompt).toContain("It does not come from the user.");
  // The message itself is synthetic: the user sees the answer only.
  expect(ui.screen()).not.toContain("automatic message");
  ui.kill("SIGTERM");
  await ui.exited;
}, 90_000);

test("after a restart the parent session has one note of each end, and no model was asked", async () => {
  rig = await createRig();
  rig.plan("hang", { calls: [{ tool: "bash", args: { command: "sleep 85", description: "Hangs" } }] });
  rig.plan("spawn", spawn({ agent: "thor", prompt: "hang" }), { text: "under way" });
  const first = await startServer(rig.sandbox);
  const asked = await askServer(first, rig.sandbox.project, "spawn");
  const [{ instanceId }] = asked.answers("bizar_spawn_background");
  await first.stop("SIGKILL");
  for (let start = 0; start < 2; start++) {
    const next = await startServer(rig.sandbox);
    const notes = async () => {
      const { data: messages = [] } = await next.client.session.messages({ path: { id: asked.sessionId } });
      return messages.flatMap(({ parts }) =>
        parts.flatMap((part: Answer) => (part.metadata?.bizar === undefined ? [] : [part.text])),
      );
    };
    // A plugin instance is made with the first request for its directory.
    await until("the note is there", async () => (await notes()).length > 0);
    expect(await notes()).toEqual([expect.stringContaining(`${instanceId}, "hang": failed (supervisor_lost)`)]);
    await next.stop();
  }
  expect(told()).toEqual([]);
}, 90_000);
