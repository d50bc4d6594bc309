import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Fetch } from "../../src/opencode/over-http.ts";
import { treeMembers } from "../../src/processes/end-tree.ts";
import { systemProcessTable } from "../../src/processes/process-table.ts";
import { bash, until } from "./rig.ts";
import { warmRig, type SeenTurn, type WarmRig } from "./warm-rig.ts";

let rig: WarmRig;
/** The one that several tests share is disposed of behind the last of them. */
let own: WarmRig | undefined;
afterEach(async () => {
  if (rig !== own) await rig.dispose();
});

function lives(pid: number): boolean {
  const found = systemProcessTable().find(pid);
  return found !== undefined && !found.isZombie;
}

function tools({ instanceId }: SeenTurn): string[] {
  return treeMembers({ marker: instanceId }).map(({ command }) => command);
}

async function server(turn: SeenTurn): Promise<number> {
  await until("the server runs", () => turn.pids.length > 0);
  return turn.pids[0] ?? 0;
}

test("without agents the server is ended after a while, and started again for the next one", async () => {
  rig = await warmRig({ idleMs: 300 });
  rig.plan("one", { text: "one" });
  rig.plan("two", { text: "two" });
  const first = rig.start("one");
  const pid = await server(first);
  await first.ended;
  await until("it is gone", () => !lives(pid), 5000);
  expect((await rig.start("two").ended).outcome).toEqual({ status: "done" });
}, 180_000);

test("a stop while the server starts starts nothing, and a closed backend leaves no server", async () => {
  rig = await warmRig();
  const turn = rig.start("never");
  await turn.running.stop();
  expect((await turn.ended).evidence.cause).toEqual({ kind: "broken_off" });
  rig.backend.close();
  await until(
    "no server",
    () => treeMembers({ marker: "wrm_" }).every(({ parentPid }) => parentPid !== process.pid),
    5000,
  );
  expect(rig.requestsFor("never")).toEqual([]);
}, 180_000);

test("a binary that is not there, or that ends at once, fails the start in clear words", async () => {
  rig = await warmRig({ binary: "/nowhere/opencode" });
  const { outcome } = await rig.start("x").ended;
  expect([outcome.status, outcome.reason]).toEqual(["failed", "spawn_failed"]);
  expect(outcome.error).toContain("/nowhere/opencode");
}, 180_000);

test("with backgroundSkipPermissions questions are answered with yes, and what is denied stays denied", async () => {
  const permission = { bash: { "*": "ask", "touch *": "deny" } };
  const agent = { asker: { mode: "subagent", description: "Asks", permission } };
  rig = await warmRig({ skipPermissions: true, config: { agent } });
  rig.plan("try both", { calls: [bash("echo allowed")] }, { calls: [bash("touch denied")] }, (request) => ({
    text: request.toolResults.join(" | "),
  }));
  const turn = rig.start("try both", { agent: "asker" });
  const { outcome, evidence } = await turn.ended;
  expect(outcome).toEqual({ status: "done" });
  expect(evidence.words.join("\n")).toMatch(/^allowed\s+\| .*rule/);
  expect(turn.log.join("\n")).toContain("permission requested: bash: echo allowed; allowed");
}, 180_000);

describe("of one server", () => {
  let shared: WarmRig;
  let line: Fetch;
  beforeAll(async () => {
    const keeper = { description: "Keeps", prompt: "You are the keeper." };
    shared = await warmRig({ fetch: async (request) => await line(request), config: { agent: { keeper } } });
  }, 180_000);
  beforeEach(() => {
    rig = shared;
    own = shared;
    line = async (request) => await fetch(request);
    rig.otherwise(() => ({ text: "done" }));
  });
  afterAll(async () => await shared.dispose());

  test("a stop while its session is being made waits for nobody", async () => {
    const asked = Promise.withResolvers<void>();
    line = async (request) => {
      if (request.method !== "POST" || new URL(request.url).pathname !== "/session") return await fetch(request);
      asked.resolve();
      return await new Promise<never>(() => undefined);
    };
    const turn = rig.start("never");
    await asked.promise;
    await turn.running.stop();
    expect((await turn.ended).evidence.cause).toEqual({ kind: "broken_off" });
    expect(turn.sessionId).toBeNull();
  }, 180_000);

  test("a prompt that arrives after its agent was stopped is stopped as well", async () => {
    const [sent, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const aborts: number[] = [];
    line = async (request) => {
      const isPrompt = request.url.includes("prompt_async");
      if (isPrompt) {
        sent.resolve();
        await goOn.promise;
      }
      const response = await fetch(request);
      if (request.url.includes("/abort")) aborts.push(response.status);
      // By now the turn is under way.
      if (isPrompt) await until("the model is asked", () => rig.requestsFor("too late").length > 0);
      return response;
    };
    rig.plan("too late", { after: new Promise(() => undefined) });
    const turn = rig.start("too late");
    await sent.promise;
    await turn.running.stop();
    await turn.ended;
    expect(aborts).toEqual([200]);
    goOn.resolve();
    await until("it is stopped again", () => aborts.length === 2);
    await until("the model is left alone", () => rig.requestsFor("too late").every(({ hungUp }) => hungUp.aborted));
  }, 180_000);

  test("an unknown agent, and an unknown model, end the turn with the reason", async () => {
    const agent = rig.start("x", { agent: "nobody" });
    const model = rig.start("x", { model: { providerId: "scripted", modelId: "none" } });
    expect((await agent.ended).outcome).toMatchObject({ status: "failed", reason: "agent_unknown" });
    expect((await model.ended).outcome).toMatchObject({ status: "failed", reason: "model_unknown" });
  }, 180_000);

  test("a follow-up of an agent whose definition has changed starts a new session and says so; the same one goes on", async () => {
    rig.otherwise(({ messages }) => ({ text: `I see ${messages.filter(({ role }) => role === "user").length}.` }));
    const first = rig.start("one", { agent: "keeper" });
    await first.ended;
    const again = {
      agent: "keeper",
      kind: "follow_up" as const,
      instanceId: first.instanceId,
      sessionId: first.sessionId,
    };
    const same = rig.start("two", { ...again, definition: first.definition });
    expect((await same.ended).evidence.words).toEqual(["I see 2."]);
    expect([same.sessionId, same.definition]).toEqual([first.sessionId, first.definition]);
    const changed = rig.start("three", { ...again, definition: "0000000000000000" });
    const end = await changed.ended;
    expect([...end.evidence.words, end.resultHeader]).toEqual([
      "I see 1.",
      expect.stringContaining('the definition of "keeper"'),
    ]);
    expect(changed.sessionId).not.toBe(first.sessionId);
    expect(changed.log.join("\n")).toContain(`since session ${first.sessionId} began`);
  }, 180_000);

  test("a turn that replaces a stopped one at once, in the same session, is its own", async () => {
    rig.plan("ponder", { text: "Hm.", calls: [bash("sleep 877")] });
    rig.plan("do something", { calls: [bash("echo done")] }, { text: "Done." });
    const first = rig.start("ponder");
    await until("its command runs", () => tools(first).includes("sleep 877"));
    await first.running.stop();
    const stopped = await first.ended;
    const { instanceId, sessionId } = first;
    const second = rig.start("do something", { kind: "intervention", instanceId, sessionId });
    const end = await second.ended;
    expect([stopped.outcome.status, end.outcome.status, ...end.evidence.words]).toEqual(["failed", "done", "Done."]);
    expect(second.progress.at(-1)?.toolCallCount).toBe(1);
  }, 180_000);

  test("a server that does not answer any more is ended when an agent on it is to be stopped", async () => {
    rig.plan("hang", { calls: [bash("sleep 875")] });
    const turn = rig.start("hang");
    await until("its command runs", () => tools(turn).includes("sleep 875"));
    const pid = await server(turn);
    process.kill(pid, "SIGSTOP");
    await turn.running.stop();
    await turn.ended;
    expect([lives(pid), tools(turn)]).toEqual([false, []]);
  }, 180_000);
});
