import { expect } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bash, until } from "../rig.ts";
import { living, onBothBackends, type OnBackend } from "./on-both-backends.ts";

const contract = onBothBackends({
  options: {
    maxConcurrentInstances: 1,
    backgroundToolCallCap: 5,
    backgroundTokenBudget: 1000,
    backgroundBudgetUsd: 0.005,
    backgroundSkipPermissions: true,
  },
  config: { permission: { bash: { "*": "ask", "rm *": "deny" } } },
});

contract.once("with one place, agents wait in line and run in order; one that waits can be killed", async (on) => {
  const first = Promise.withResolvers<void>();
  const order: string[] = [];
  for (const name of ["first", "second", "third"]) {
    on.plan(name, async () => {
      if (name === "first") await first.promise;
      order.push(name);
      return { text: `result of ${name}` };
    });
  }
  const running = await on.start({ prompt: "first" });
  // A start takes its time, and has the place meanwhile.
  expect(running).toMatchObject({ status: expect.stringMatching(/^(running|pending)$/) });
  const [second, third] = [await on.start({ prompt: "second" }), await on.start({ prompt: "third" })];
  const waiting = { status: "queued", waitsFor: "a place" };
  expect([second, third]).toMatchObject([
    { ...waiting, queuePosition: 1 },
    { ...waiting, queuePosition: 2 },
  ]);
  const { instanceId } = second;
  expect(await on.record(instanceId)).toMatchObject({
    process: null,
    sessionId: null,
    activity: "waits for a place",
  });
  expect(await on.call("bizar_kill", { instanceId })).toEqual({ instanceId, status: "killed" });
  expect(await on.call("bizar_status", { instanceId: third.instanceId })).toMatchObject([
    { status: "queued", queuePosition: 1 },
  ]);
  first.resolve();
  const instanceIds = [running, second, third].map((agent) => agent.instanceId);
  const collected = await on.call("bizar_collect", { instanceIds, wait: "all" });
  expect(collected).toMatchObject([
    { status: "done", result: "result of first" },
    { status: "killed", reason: "killed", result: "" },
    { status: "done", result: "result of third" },
  ]);
  expect(order).toEqual(["first", "third"]);
});

/** What an agent was told of its limits. */
function limitsToldIn(told: readonly string[] = []): string[] {
  return [...told.join("\n").matchAll(/\[limit\] (.+? left)\./g)].map(([, words = ""]) => words);
}

/** Whether there is something that the agent has not read yet: beside its session, or on a server in it. */
async function hasNote({ place, sandbox, sessions }: OnBackend): Promise<boolean> {
  if (place !== "server") {
    const folder = join(sandbox.stateDir, "sessions");
    return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".notes.json"));
  }
  const records = join(sandbox.stateDir, "bg");
  const newest =
    readdirSync(records)
      .filter((name) => /^bgr_\w+\.json$/.test(name))
      .toSorted()
      .at(-1) ?? "";
  const { sessionId: id } = await Bun.file(join(records, newest)).json();
  const { data: messages = [] } = await sessions.session.messages({ path: { id } });
  return messages.some(({ parts }) => parts.some((part) => part.type === "text" && part.text.startsWith("[limit]")));
}

contract("an agent at 80 % of its token budget is told what is left, once", async (on) => {
  on.plan(
    "talk a lot",
    { calls: [bash("echo 1")], usage: { input: 600, output: 250 } },
    async ({ told }) => {
      if (limitsToldIn(told).length === 0) await until("it is told", async () => await hasNote(on));
      return { calls: [bash("echo 2")] };
    },
    ({ told }) => ({ text: limitsToldIn(told).join() }),
  );
  const [collected] = (await on.delegate([{ prompt: "talk a lot" }])).collected;
  expect(collected).toMatchObject({ status: "done", result: "150 of 1000 tokens are left" });
});

contract("an agent at 80 % of its money is told what is left, once", async (on) => {
  on.plan(
    "talk dearly",
    { calls: [bash("echo 1")], usage: { input: 0, output: 420 } },
    async ({ told }) => {
      if (limitsToldIn(told).length === 0) await until("it is told", async () => await hasNote(on));
      return { calls: [bash("echo 2")] };
    },
    { calls: [bash("echo 3")] },
    ({ told }) => ({ text: limitsToldIn(told).join() }),
  );
  const [collected] = (await on.delegate([{ prompt: "talk dearly" }])).collected;
  expect(collected).toMatchObject({ status: "done", result: "$0.0008 of $0.005 are left" });
});

contract("an agent at 80 % of its deadline is told how long it has, once", async (on) => {
  on.plan(
    "take your time",
    { calls: [bash("echo 1")] },
    async ({ told }) => {
      if (limitsToldIn(told).length === 0) await until("it is told", async () => await hasNote(on));
      return { calls: [bash("echo 2")] };
    },
    { calls: [bash("echo 3")] },
    ({ told }) => ({ text: limitsToldIn(told).join() }),
  );
  const [collected] = (await on.delegate([{ prompt: "take your time", deadlineMs: 20_000 }])).collected;
  expect(collected).toMatchObject({ status: "done", result: "4 of 20 seconds are left" });
});

contract("an agent over its tool-call cap is ended, and says so", async (on) => {
  on.plan(
    "many calls",
    { calls: ["1", "2", "3", "4"].map((number) => bash(`echo ${number}`)) },
    async ({ told }) => {
      if (limitsToldIn(told).length === 0) await until("it is told", async () => await hasNote(on));
      return { calls: [bash("echo 5")] };
    },
    { text: "One more.", calls: [bash("sleep 93")] },
    { text: "never" },
  );
  const [collected] = (await on.delegate([{ prompt: "many calls" }])).collected;
  expect(collected).toMatchObject({ status: "failed", reason: "tool_cap" });
  expect((await on.record(collected.instanceId)).toolCallCount).toBe(6);
  expect(living(collected)).toEqual([]);
  expect(collected.error).toContain("more than 5 tool calls");
  expect(limitsToldIn(on.requestsFor("many calls")[2]?.told)).toEqual(["1 of 5 tool calls are left"]);
});

contract.once("an agent over its token budget is ended with its tools, and says so", async (on) => {
  const usage = { input: 900, output: 200 };
  on.plan(
    "much talk",
    { calls: [bash("nohup sleep 94 >/dev/null 2>&1 &")], usage },
    { after: new Promise(() => undefined) },
  );
  const agent = await on.start({ prompt: "much talk" });
  const collected = await on.call("bizar_collect", { instanceId: agent.instanceId });
  expect(collected).toMatchObject({ status: "failed", reason: "budget" });
  expect(collected.error).toContain("1100 tokens");
  expect(living(agent)).toEqual([]);
  const [request] = on.requestsFor("much talk").slice(1);
  if (request !== undefined) await until("its request is given up", () => request.hungUp.aborted);
});

contract("backgroundSkipPermissions answers yes, but what is denied stays denied", async (on) => {
  on.plan("the task", { calls: [bash("echo allowed"), bash("rm nothing")] }, (request) => ({
    text: request.toolResults.join("\n---\n"),
  }));
  const [collected] = (await on.delegate([{ prompt: "the task" }])).collected;
  const [echoed, removed] = collected.result.split("\n---\n");
  expect(echoed.trim()).toBe("allowed");
  expect(removed).toContain("prevents you");
});

/** A call of a native subagent. */
function task(prompt: string, more: Record<string, unknown> = {}) {
  return { tool: "task", args: { description: "Echoes", prompt, subagent_type: "general", ...more } };
}

contract(
  "backgroundSkipPermissions answers a native subagent that a further turn tells to go on, too",
  async (on) => {
    const taskId = { current: "" };
    on.plan("have it begun", { calls: [task("begin")] }, ({ toolResults }) => {
      taskId.current = /ses_\w+/.exec(toolResults.join(""))?.[0] ?? "";
      return { text: "It has begun." };
    });
    const [{ instanceId }] = (await on.delegate([{ prompt: "have it begun" }])).spawned;
    on.plan(
      "have it done",
      () => ({ calls: [task("do it", { task_id: taskId.current })] }),
      ({ toolResults }) => ({ text: toolResults.join("") }),
    );
    on.plan("do it", { calls: [bash("echo allowed, too")] }, ({ toolResults }) => ({ text: toolResults.join("") }));
    await on.call("bizar_send_message", { instanceId, prompt: "have it done" });
    const collected = await on.call("bizar_collect", { instanceId });
    expect(collected.result).toContain("allowed, too");
    expect(collected.refused).toBeUndefined();
  },
  180_000,
);
