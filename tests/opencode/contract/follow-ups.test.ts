import { expect } from "bun:test";
import { join } from "node:path";
import { PLUGIN } from "../../../scripts/scripted-host/sandbox.ts";
import { byText, barrier, bash, until, type Answer } from "../rig.ts";
import { onBothBackends, type OnBackend } from "./on-both-backends.ts";

const slowDispose = join(import.meta.dir, "../../fixtures/plugins/slow-dispose.ts");

const contract = onBothBackends({ config: { plugin: [PLUGIN, slowDispose] } });

contract(
  "an agent that is done goes on in the same session, with its earlier messages; its counts add up",
  async (on) => {
    on.plan("the first task", { text: "the first answer" });
    on.plan("the second task", { text: "the second answer" });
    const [{ instanceId, sessionId }] = (await on.delegate([{ prompt: "the first task" }])).spawned;
    const sent = await on.call("bizar_send_message", { instanceId, prompt: "the second task" });
    expect(sent).toMatchObject({ instanceId, sessionId, turn: 2 });
    // Whatever another plugin does at the end of a run.
    expect((await on.record(instanceId)).tokens).toMatchObject({ input: 10, output: 5 });
    const second = await on.call("bizar_collect", { instanceId });
    expect(second).toMatchObject({ status: "done", result: "the second answer" });
    const all = await on.call("bizar_collect", { instanceId, scope: "all" });
    expect(all).toMatchObject({ result: "the first answer\n\nthe second answer" });
    const [request] = on.requestsFor("the second task");
    expect(request?.messages.map(({ text }) => text)).toEqual(
      expect.arrayContaining(["the first task", "the first answer", "the second task"]),
    );
    const { turns, tokens } = await on.record(instanceId);
    expect(turns.map(({ kind, prompt, exitCode }) => [kind, prompt, exitCode])).toEqual([
      ["initial", "the first task", 0],
      ["follow_up", "the second task", 0],
    ]);
    expect(tokens).toMatchObject({ input: 20, output: 10 });
  },
);

contract("a message to a running agent waits behind its turn, and collect waits for both", async (on) => {
  const sent = Promise.withResolvers<void>();
  on.plan("a long task", { after: sent.promise, text: "long done" });
  on.plan("and then this", { text: "then done" });
  const { instanceId } = await on.start({ prompt: "a long task" });
  const answer = await on.call("bizar_send_message", { instanceId, prompt: "and then this" });
  expect(answer).toMatchObject({ status: "running", turn: 2 });
  expect(answer.message).toContain("when its running turn has ended");
  sent.resolve();
  expect(await on.call("bizar_collect", { instanceId })).toMatchObject({ status: "done", result: "then done" });
});

contract("a killed agent goes on with a message", async (on) => {
  on.plan("hang for ever", { calls: [bash("sleep 86")] });
  on.plan("try something else", { text: "better" });
  const { instanceId } = await on.start({ prompt: "hang for ever" });
  await until("the agent works", () => on.requestsFor("hang for ever").length > 0);
  expect(await on.call("bizar_kill", { instanceId })).toMatchObject({ status: "killed" });
  await on.call("bizar_send_message", { instanceId, prompt: "try something else" });
  expect(await on.call("bizar_collect", { instanceId })).toMatchObject({ status: "done", result: "better" });
});

/** The requests by which the model was told of ends. */
function told(on: OnBackend) {
  return on.model.requests.filter(({ prompt }) =>
    prompt.startsWith("This is an automatic message of the Bizar plugin."),
  );
}

contract(
  "agents that end together are told in one message; a result that was collected is not told again",
  async (on) => {
    const together = barrier(2);
    for (const name of ["one", "two"]) {
      on.plan(name, async () => {
        await together();
        return { text: `result ${name}` };
      });
    }
    on.plan("three", { text: "result three" });
    on.plan("spawn two", on.spawn({ prompt: "one" }, { prompt: "two" }), { text: "under way" });
    await on.delegate([{ prompt: "three" }]);
    const asked = await on.ask("spawn two");
    const ids = asked.answers("bizar_spawn_background").map(({ instanceId }) => instanceId);
    await until("both ends were told", () => ids.every((id) => told(on).some(({ prompt }) => prompt.includes(id))));
    // However close their ends were, each is told once; the collected one never.
    for (const id of ids) expect(told(on).filter(({ prompt }) => prompt.includes(id))).toHaveLength(1);
    expect(told(on).some(({ prompt }) => prompt.includes("result three"))).toBe(false);
    const { data: messages = [] } = await on.server.client.session.messages({ path: { id: asked.sessionId } });
    const metadata = messages.flatMap(({ parts }) => parts.flatMap((part: Answer) => part.metadata?.bizar ?? []));
    expect(metadata.map(({ instanceId }) => instanceId).toSorted(byText)).toEqual(ids.toSorted(byText));
  },
);
