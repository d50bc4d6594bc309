import { expect } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { REFUSED_BY_USER } from "../../../src/agent-role/questions.ts";
import { bash, OPERATOR, type Answer } from "../rig.ts";
import { ASKER, asked, insisting, outcomes, reply } from "./asking-agents.ts";
import { onBothBackends, type OnBackend } from "./on-both-backends.ts";

const contract = onBothBackends({ config: { agent: { asker: ASKER } } });

/** Whether an agent has made a file, where it works: what it has made in a server comes back to a folder of its own here. */
async function isThere(on: OnBackend, { instanceId }: Answer, name: string): Promise<boolean> {
  const { folder, directory } = await on.record(instanceId);
  return existsSync(join(folder?.copy ?? directory, name));
}

contract("what the user allows once runs, and the agent's activity says what it waits for", async (on) => {
  const file = `once-${on.backend}`;
  on.plan("make it", ...insisting(bash(`touch ${file}`)));
  const agent = await on.start({ agent: "asker", prompt: "make it" });
  const [question] = await asked(on, agent);
  expect(question).toMatchObject({ id: "q1", permission: "bash", patterns: [`touch ${file}`], state: "open" });
  expect(await on.call("bizar_status", { instanceId: agent.instanceId })).toMatchObject([
    { status: "running", activity: `asking bash: touch ${file}` },
  ]);
  expect(await isThere(on, agent, file)).toBeFalse();
  await reply(on, agent, "allow");
  const collected = await on.call("bizar_collect", { instanceId: agent.instanceId });
  expect(collected).toMatchObject({ status: "done", result: "(no output)" });
  expect(collected).not.toHaveProperty("refused");
  expect(await isThere(on, agent, file)).toBeTrue();
  const { questions } = await on.record(agent.instanceId);
  expect(questions).toMatchObject([{ state: "once", answeredBy: "the user, by opencode-bizar allow" }]);
});

contract("what is always allowed is not asked again, in its follow-ups neither, and by others it is", async (on) => {
  const name = (number: number) => `always-${on.backend}-${number}`;
  on.plan("make two", ...insisting(bash(`touch ${name(1)}`)).slice(0, 2), { calls: [bash(`touch ${name(2)}`)] });
  on.plan("make a third", { calls: [bash(`touch ${name(3)}`)] }, { text: "made" });
  on.plan("make a fourth", ...insisting(bash(`touch ${name(4)}`)));
  const agent = await on.start({ agent: "asker", prompt: "make two" });
  await asked(on, agent);
  await reply(on, agent, "allow", "always");
  const { instanceId } = agent;
  await on.call("bizar_collect", { instanceId });
  await on.call("bizar_send_message", { instanceId, prompt: "make a third" });
  expect(await on.call("bizar_collect", { instanceId })).toMatchObject({ status: "done", result: "made" });
  expect(await isThere(on, agent, name(3))).toBeTrue();
  expect(await outcomes(on, agent)).toEqual([{ what: `bash: touch ${name(1)}`, state: "always" }]);
  const other = await on.start({ agent: "asker", prompt: "make a fourth" });
  await asked(on, other);
  await reply(on, other, "deny");
  expect(await on.call("bizar_collect", { instanceId: other.instanceId })).toMatchObject({
    ...{ status: "done", result: REFUSED_BY_USER, refused: [`bash: touch ${name(4)}`] },
  });
});

contract(
  "two questions in one message are answered one by one; a no says the user's words, and ends no run",
  async (on) => {
    const [yes, no] = [`yes-${on.backend}`, `no-${on.backend}`];
    on.plan("make both", ...insisting(bash(`touch ${yes}`), bash(`touch ${no}`)));
    const agent = await on.start({ agent: "asker", prompt: "make both" });
    const questions = await asked(on, agent, 2);
    const idOf = (file: string) => questions.find(({ what }) => what.endsWith(file))?.id ?? "";
    await reply(on, agent, "deny", idOf(no), "not", "here");
    await reply(on, agent, "allow");
    const { status, result } = await on.call("bizar_collect", { instanceId: agent.instanceId });
    expect(status).toBe("done");
    expect(result).toContain("not here");
    expect([await isThere(on, agent, yes), await isThere(on, agent, no)]).toEqual([true, false]);
    expect((await outcomes(on, agent)).map(({ state }) => state).toSorted()).toEqual(["no", "once"]);
  },
);

contract("of two agents that ask at once each gets its own answer", async (on) => {
  const file = (name: string) => `${name}-at-once-${on.backend}`;
  for (const name of ["one", "two"]) on.plan(`make ${name}`, ...insisting(bash(`touch ${file(name)}`)));
  const one = await on.start({ agent: "asker", prompt: "make one" });
  const two = await on.start({ agent: "asker", prompt: "make two" });
  for (const agent of [one, two]) expect(await asked(on, agent)).toMatchObject([{ id: "q1" }]);
  await reply(on, two, "deny", "not", "two");
  const [second] = await on.call("bizar_collect", { instanceIds: [two.instanceId] });
  expect(second).toMatchObject({
    status: "done",
    result: expect.stringContaining("not two"),
    refused: [`bash: touch ${file("two")}`],
  });
  expect(await asked(on, one)).toMatchObject([{ id: "q1", state: "open" }]);
  await reply(on, one, "allow");
  const [first] = await on.call("bizar_collect", { instanceIds: [one.instanceId] });
  expect(first).toMatchObject({ status: "done", result: "(no output)" });
  expect([await isThere(on, one, file("one")), await isThere(on, two, file("two"))]).toEqual([true, false]);
});

contract("a native subagent's question is its agent's; a rule that denies asks nobody", async (on) => {
  const file = `sub-${on.backend}`;
  const task = { tool: "task", args: { description: "Makes", prompt: "make it below", subagent_type: "asker" } };
  on.plan("have it made", { calls: [bash("mv a b"), task] }, ({ toolResults }) => ({ text: toolResults.join(" | ") }));
  on.plan("make it below", ...insisting(bash(`touch ${file}`)));
  const agent = await on.start({ agent: "asker", prompt: "have it made" });
  expect(await asked(on, agent)).toHaveLength(1);
  await reply(on, agent, "allow");
  expect(await on.call("bizar_collect", { instanceId: agent.instanceId })).toMatchObject({
    ...{ status: "done", refused: ["bash: mv a b"] },
  });
  expect(await isThere(on, agent, file)).toBeTrue();
});

contract("an agent does not allow itself: no command of its own answers", async (on) => {
  const file = `own-${on.backend}`;
  on.plan("make it yourself", ...insisting(bash(`touch ${file}`)));
  const agent = await on.start({ agent: "asker", prompt: "make it yourself" });
  await asked(on, agent);
  const allowing = `"${process.execPath}" "${OPERATOR}" allow ${agent.instanceId}`;
  on.plan(
    "allow the other",
    { calls: [bash(`${allowing} 2>&1; setsid env -i HOME=$HOME ${allowing} 2>&1`)] },
    (request) => ({
      text: request.toolResults.join(),
    }),
  );
  const [{ result }] = (await on.delegate([{ agent: "asker", prompt: "allow the other" }])).collected;
  expect(result.split("Only the user answers what agents ask").length).toBe(3);
  expect(await asked(on, agent)).toHaveLength(1);
  await on.call("bizar_kill", { instanceId: agent.instanceId });
  expect(await outcomes(on, agent)).toMatchObject([{ state: "ended" }]);
});

contract("an agent asks the user something, and goes on with the answer", async (on) => {
  const ask = { tool: "bizar_ask_user", args: { question: "Which colour?", options: ["red", "blue"] } };
  on.plan("paint", { calls: [ask] }, ({ toolResults }) => ({ text: toolResults.join() }));
  const agent = await on.start({ prompt: "paint" });
  const [question] = await asked(on, agent);
  expect(question).toMatchObject({ kind: "question", what: "Which colour?", options: ["red", "blue"] });
  await reply(on, agent, "answer", "2");
  const { status, result } = await on.call("bizar_collect", { instanceId: agent.instanceId });
  expect({ status, answer: JSON.parse(result) }).toEqual({ status: "done", answer: { answer: "blue" } });
});
