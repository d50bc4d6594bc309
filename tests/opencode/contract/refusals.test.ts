import { expect } from "bun:test";
import { NO_PERMISSION } from "../../../src/agent-role/questions.ts";
import { bash, until, type Step } from "../rig.ts";
import { living, onBothBackends } from "./on-both-backends.ts";

const contract = onBothBackends({
  options: { backgroundPermissions: "refuse" },
  config: {
    agent: {
      asker: {
        mode: "subagent",
        description: "Asks",
        permission: { bash: { "*": "allow", "rm *": "ask", "mv *": "ask", "touch *": "deny" }, webfetch: "ask" },
      },
    },
  },
});

const remove = bash("rm -rf build");

/** The model says what its tools have answered. */
const answers: Step = ({ toolResults }) => ({ text: toolResults.join(" | ") });

contract("an agent whose tool needs a permission that nobody can give reads so, goes on, and is done", async (on) => {
  on.plan("clean up", { text: "I clean.", calls: [remove] }, { calls: [bash("echo cleaned > note")] }, answers);
  const [collected] = (await on.delegate([{ agent: "asker", prompt: "clean up" }])).collected;
  expect(collected).toMatchObject({ status: "done", refused: ["bash: rm -rf build"] });
  expect((await on.record(collected.instanceId)).toolCallCount).toBe(2);
  expect(collected.result).toEndWith(`${NO_PERMISSION} | (no output)`);
  expect(
    on
      .requestsFor("clean up")
      .at(-1)
      ?.messages.map(({ text }) => text)
      .join(),
  ).not.toContain("The user rejected");
  expect(await on.record(collected.instanceId)).toMatchObject({ refused: ["bash: rm -rf build"] });
});

contract("one that says no word after a refusal has failed over it, the tool and the permission named", async (on) => {
  on.plan("try to clean", { text: "I try.", calls: [remove] }, { text: "" });
  const [collected] = (await on.delegate([{ agent: "asker", prompt: "try to clean" }])).collected;
  expect(collected).toMatchObject({ status: "failed", reason: "permission_denied", refused: ["bash: rm -rf build"] });
  expect(collected.error).toContain('The tool "bash" needs a permission');
  expect(collected.error).toContain("bash: rm -rf build");
});

contract("several that are refused in one message are told each, once, and the others of it have run", async (on) => {
  const fetch = { tool: "webfetch", args: { url: "https://example.org/", format: "text" } };
  on.plan("do several", { calls: [remove, bash("echo hello"), bash("mv a b"), fetch, remove] }, answers);
  const [collected] = (await on.delegate([{ agent: "asker", prompt: "do several" }])).collected;
  expect(collected).toMatchObject({ status: "done" });
  expect((await on.record(collected.instanceId)).toolCallCount).toBe(5);
  expect(collected.refused.toSorted()).toEqual([
    "bash: mv a b",
    "bash: rm -rf build",
    "webfetch: https://example.org/",
  ]);
  expect(collected.result.split(NO_PERMISSION)).toHaveLength(5);
  expect(collected.result).toContain("hello");
});

contract("what a rule of the agent's denies is told as refused, too", async (on) => {
  on.plan("touch", { calls: [bash("touch note")] }, { text: "It was not allowed." });
  const [collected] = (await on.delegate([{ agent: "asker", prompt: "touch" }])).collected;
  expect(collected).toMatchObject({ status: "done", result: "It was not allowed.", refused: ["bash: touch note"] });
});

contract.once("what was refused is told however the run ended", async (on) => {
  on.plan("clean, then hang", { calls: [remove] }, { calls: [bash("sleep 93")] });
  const agent = await on.start({ agent: "asker", prompt: "clean, then hang" });
  await until("it hangs", () => living(agent).includes("sleep 93"));
  await on.call("bizar_kill", { instanceId: agent.instanceId });
  expect(await on.call("bizar_collect", { instanceId: agent.instanceId })).toMatchObject({
    status: "killed",
    refused: ["bash: rm -rf build"],
    lastCalls: ["bash: rm -rf build", "bash: sleep 93"],
  });
});

/** A call of a native subagent; with `taskId` of an earlier one. */
function task(prompt: string, taskId?: string) {
  const resumed = taskId === undefined ? {} : { task_id: taskId };
  return { tool: "task", args: { description: "Cleans", prompt, subagent_type: "asker", ...resumed } };
}

contract(
  "a native subagent that a further turn tells to go on, and that needs a permission, is answered",
  async (on) => {
    const taskId = { current: "" };
    on.plan("have it cleaned", { calls: [task("clean first")] }, ({ toolResults }) => {
      taskId.current = /ses_\w+/.exec(toolResults.join(""))?.[0] ?? "";
      return { text: "It begins." };
    });
    on.plan("clean first", { text: "I begin." });
    const [{ instanceId }] = (await on.delegate([{ prompt: "have it cleaned" }])).spawned;
    on.plan("have it go on", () => ({ calls: [task("clean now", taskId.current)] }), answers);
    on.plan("clean now", { calls: [remove] }, answers);
    await on.call("bizar_send_message", { instanceId, prompt: "have it go on" });
    const collected = await on.call("bizar_collect", { instanceId });
    expect(collected).toMatchObject({ status: "done", refused: ["bash: rm -rf build"] });
    expect(collected.result).toContain(NO_PERMISSION);
  },
  180_000,
);
