import { expect } from "bun:test";
import { join } from "node:path";
import { PLUGIN } from "../../../scripts/scripted-host/sandbox.ts";
import { byText, barrier, bash, until, type Answer } from "../rig.ts";
import { onBothBackends, type OnBackend } from "./on-both-backends.ts";

const slowDispose = join(import.meta.dir, "../../fixtures/plugins/slow-dispose.ts");

/** opencode's own word for its version. */
const BY_NAME = "-v";

const contract = onBothBackends({
  config: { plugin: [PLUGIN, slowDispose], agent: { [BY_NAME]: { mode: "all", prompt: "You do as you are told." } } },
});

contract(
  "an agent of whatever name goes on when it is done, in the same session, with its earlier messages; its counts add up",
  async (on) => {
    on.plan("the first task", { text: "the first answer" });
    on.plan("the second task", { text: "the second answer" });
    const [{ instanceId }] = (await on.delegate([{ agent: BY_NAME, prompt: "the first task" }])).spawned;
    // Whatever another plugin does at the end of a run.
    const { sessionId, ...first } = await on.record(instanceId);
    expect(first).toMatchObject({ agent: BY_NAME, tokens: { input: 10, output: 5 } });
    const sent = await on.call("bizar_send_message", { instanceId, prompt: "the second task" });
    expect(sent).toMatchObject({ instanceId, turn: 2 });
    expect((await on.record(instanceId)).sessionId).toBe(sessionId);
    const second = await on.call("bizar_collect", { instanceId });
    expect(second).toMatchObject({ status: "done", result: "the second answer" });
    const all = await on.call("bizar_collect", { instanceId, scope: "all" });
    expect(all).toMatchObject({ result: "the first answer\n\nthe second answer" });
    const [request] = on.requestsFor("the second task");
    expect(request?.messages.map(({ text }) => text)).toEqual(
      expect.arrayContaining(["the first task", "the first answer", "the second task"]),
    );
    const { turns, tokens } = await on.record(instanceId);
    const exitCode = on.backend === "process" ? 0 : null;
    expect(turns).toMatchObject([
      { kind: "initial", prompt: "the first task", exitCode },
      { kind: "follow_up", prompt: "the second task", exitCode },
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
  // A start may take its time.
  expect(answer).toMatchObject({ status: expect.stringMatching(/^(?:running|pending)$/), turn: 2 });
  expect(answer.message).toContain("when its running turn has ended");
  sent.resolve();
  expect(await on.call("bizar_collect", { instanceId })).toMatchObject({ status: "done", result: "then done" });
});

contract("a message now is read at the agent's next step, below an answer, as the words of another", async (on) => {
  const sent = Promise.withResolvers<void>();
  on.plan("look around", { after: sent.promise, calls: [bash("echo here")] }, ({ told }) => ({
    // On a server it is a message of its own.
    text: told.join("\n\n"),
  }));
  const { instanceId } = await on.start({ prompt: "look around" });
  const answer = await on.call("bizar_send_message", { instanceId, prompt: "Also there.\nBoth.", mode: "now" });
  expect(answer).toMatchObject({ status: "running", turn: 1, message: expect.stringContaining("at its next step") });
  sent.resolve();
  const { result } = await on.call("bizar_collect", { instanceId });
  expect(result).toContain("here\n\n\n[message] The session that asked for you has written while you work.");
  expect(result).toEndWith("\n> Also there.\n> Both.");
  expect((await on.record(instanceId)).turns).toHaveLength(1);
});

contract("a message now to an agent that makes no call any more is its next turn, or its next step", async (on) => {
  const late = Promise.withResolvers<void>();
  on.plan("say one word", { after: late.promise, text: "Word." }, ({ told }) => ({
    text: told.join().endsWith("\n> another word") ? "Another." : "None.",
  }));
  on.plan("another word", { text: "Another." });
  const { instanceId } = await on.start({ prompt: "say one word" });
  await on.call("bizar_send_message", { instanceId, prompt: "another word", mode: "now" });
  late.resolve();
  expect(await on.call("bizar_collect", { instanceId })).toMatchObject({ result: "Another." });
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
  return on.model.requests.filter(({ prompt }) => isAutomatic(prompt));
}

function isAutomatic(prompt: string): boolean {
  return prompt.startsWith("This is an automatic message of the Bizar plugin.");
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

contract(
  "what the plugin puts into a session keeps agent, model and variant of the user's last message, and so does what is spawned after it",
  async (on) => {
    on.plan("spawn one", on.spawn({ prompt: "a small task" }), { text: "under way" });
    let isSpawned = false;
    on.otherwise(({ prompt }) => {
      if (!isAutomatic(prompt) || isSpawned) return { text: "done" };
      isSpawned = true;
      return on.spawn({ prompt: "a later task" });
    });
    const choice = { model: "scripted/model-b", variant: "high" };
    const { sessionId } = await on.ask("spawn one", choice);
    await until("both ends were told", () => told(on).filter(({ step }) => step === 0).length === 2);
    // Idle after this: a command finds no turn in its way.
    await on.ask("a last word", { ...choice, sessionId });
    await on.server.client.session.command({ path: { id: sessionId }, body: { command: "bizar", arguments: "" } });
    const { data: messages = [] } = await on.server.client.session.messages({ path: { id: sessionId } });
    const ofUsers = messages.flatMap(({ info }: Answer) => (info.role === "user" ? [[info.agent, info.model]] : []));
    const chosen = ["odin", { providerID: "scripted", modelID: "model-b", variant: "high" }];
    // The user's two, two of agents that have ended, and the answer to the command.
    expect(ofUsers).toEqual(Array.from({ length: 5 }, () => chosen));
    const spawned = messages.flatMap(({ parts }) =>
      parts.flatMap((part: Answer) => part.state?.metadata?.instanceId ?? []),
    );
    expect(spawned).toHaveLength(2);
    for (const id of spawned) {
      expect(await on.record(id)).toMatchObject({ model: "scripted/model-b", variant: "high" });
    }
  },
);
