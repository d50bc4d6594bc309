import { expect } from "bun:test";
import { readFile } from "node:fs/promises";
import { OPENCODE } from "../../../scripts/scripted-host/sandbox.ts";
import { systemProcessTable } from "../../../src/processes/process-table.ts";
import { bash, until } from "../rig.ts";
import { living, onBothBackends } from "./on-both-backends.ts";

const contract = onBothBackends();

contract(
  "bizar_kill during a sleep in a bash tool: killed, and nothing of the tree is left one second later",
  async (on) => {
    on.plan("sleep long", { calls: [bash("nohup sleep 98 & setsid sleep 99 & sleep 97")] });
    const agent = await on.start({ prompt: "sleep long" });
    const { instanceId } = agent;
    const sleepers = ["sleep 97", "sleep 98", "sleep 99"];
    await until("all of it runs", () => sleepers.every((sleeper) => living(agent).includes(sleeper)));
    const killedAt = performance.now();
    expect(await on.call("bizar_kill", { instanceId })).toEqual({ instanceId, status: "killed" });
    await until("the tree is gone", () => living(agent).length === 0, Math.max(0, killedAt + 1000 - performance.now()));
    // The server of warm agents lives on for the others.
    const process = systemProcessTable().find((await on.record(instanceId)).process?.pid ?? 0);
    expect(process?.isZombie ?? true).toBe(on.place !== "warm");
    const { status, reason, error } = await on.record(instanceId);
    expect({ status, reason, error }).toEqual({ status: "killed", reason: "killed", error: expect.any(String) });
  },
);

contract.once("killing an agent that has ended changes nothing", async (on) => {
  on.plan("quick", { text: "already there" });
  const [{ instanceId }] = (await on.delegate([{ prompt: "quick" }])).collected;
  expect(await on.call("bizar_kill", { instanceId })).toMatchObject({ instanceId, status: "done" });
  expect(await on.call("bizar_collect", { instanceId })).toMatchObject({ status: "done", result: "already there" });
});

contract.once("a deadline ends the run as timed_out, with everything that it started", async (on) => {
  on.plan("sleep past the deadline", { calls: [bash("sleep 96")] });
  const [collected] = (await on.delegate([{ prompt: "sleep past the deadline", deadlineMs: 6000 }])).collected;
  expect(collected).toMatchObject({ status: "timed_out", reason: "deadline" });
  expect(living(collected)).toEqual([]);
});

contract("what an agent that is done leaves running is ended too, and the log says what it was", async (on) => {
  on.plan("leave something", { calls: [bash("nohup sleep 95 >/dev/null 2>&1 &")] }, { text: "left it running" });
  const { spawned, collected } = await on.delegate([{ prompt: "leave something" }]);
  expect(collected).toEqual([expect.objectContaining({ status: "done", result: "left it running" })]);
  expect(living(spawned[0])).toEqual([]);
  expect(await readFile((await on.record(spawned[0].instanceId)).logPath, "utf8")).toMatch(
    /^\[stderr\] bizar: ended what the agent left running: sleep 95 \(pid \d+\)$/m,
  );
});

contract("an opencode run that an agent starts in its own bash is an ordinary run, and ends well", async (on) => {
  const command = `printf "inner task" | "${OPENCODE}" run --agent odin --format json`;
  on.plan("start another", { calls: [bash(command)] }, (request) => ({ text: request.toolResults.join("") }));
  on.plan("inner task", { text: "inner answer" });
  const [collected] = (await on.delegate([{ prompt: "start another" }])).collected;
  expect(collected.status).toBe("done");
  expect(collected.result).toContain("inner answer");
  // Odin in an ordinary run has the plugin's tools; a background agent has not.
  expect(on.requestsFor("inner task")[0]?.tools).toContain("bizar_spawn_background");
  expect(on.requestsFor("start another")[0]?.tools).not.toContain("bizar_spawn_background");
});

for (const whose of ["its own", "its parent's"] as const) {
  // Who deletes its parent's session is heard by the parent's opencode alone, whatever the agent runs in.
  const sentence = whose === "its own" ? contract : contract.once;
  sentence(
    `an agent of which ${whose} session is deleted is ended at once, and told to have failed over it`,
    async (on) => {
      const prompt = `work until ${whose} session is deleted`;
      on.plan(prompt, { calls: [bash("sleep 94")] });
      const agent = await on.start({ prompt });
      await until("it works", () => living(agent).includes("sleep 94"));
      const { sessionId, parent } = await on.record(agent.instanceId);
      const id = whose === "its own" ? (sessionId ?? "") : parent.sessionId;
      const { session } = whose === "its own" ? on.sessions : on.server.client;
      await session.delete({ path: { id } });
      expect(await on.call("bizar_collect", { instanceId: agent.instanceId, timeoutMs: 20_000 })).toMatchObject({
        status: "failed",
        reason: "session_error",
        error: expect.stringMatching(/its (parent's )?session was deleted/),
      });
      expect(living(agent)).toEqual([]);
    },
  );
}
