import { expect, test } from "bun:test";
import { readAnswer } from "../../src/supervisor/answer-words.ts";
import type { Asked, Question } from "../../src/supervisor/questions.ts";
import { sampleRequest } from "./sample-instance.ts";
import { createSupervisorRig } from "./supervisor-rig.ts";

const push: Asked = {
  ...{ askId: "per_1", kind: "permission", what: "bash: git push" },
  ...{ permission: "bash", patterns: ["git push"], always: ["git push *"] },
};

async function asking(...asked: Asked[]) {
  const rig = createSupervisorRig();
  const { id, turn } = await rig.start();
  turn.observer.sessionIdentified("ses_a");
  for (const each of asked) turn.observer.asked(each);
  const questions = () => rig.supervisor.view(id)?.instance.questions ?? rig.store.records.get(id)?.questions ?? [];
  return { ...rig, id, turn, questions };
}

test("a question is in the record and before the user, once, and the agent gets the answer", async () => {
  const { asked, id, turn, questions, supervisor } = await asking(push, push);
  expect(asked).toEqual(["q1 bash: git push"]);
  expect(questions()).toMatchObject([{ id: "q1", state: "open", answeredBy: null }]);
  expect(supervisor.answer(id, "q1", { kind: "no", words: "not yet" }, "the user")).toEqual({ ok: true });
  expect(turn.answers).toEqual([["per_1", { kind: "no", words: "not yet" }]]);
  expect(questions()).toMatchObject([{ state: "no", answeredBy: "the user", words: "not yet" }]);
  expect(supervisor.answer(id, "q1", { kind: "once" }, "the user")).toMatchObject({
    ok: false,
    why: expect.stringContaining("already: no"),
  });
});

test("an answer to what was not asked, or by an agent that is not there, counts for nothing", async () => {
  const { id, turn, supervisor } = await asking(push);
  expect(supervisor.answer(id, "q2", { kind: "once" }, "the user")?.ok).toBeFalse();
  expect(supervisor.answer("bgr_none", "q1", { kind: "once" }, "the user")).toBeUndefined();
  expect(turn.answers).toEqual([]);
});

test("always holds for the agent's further turns, and for what opencode says it would allow", async () => {
  const { backend, id, turn, supervisor } = await asking(push);
  supervisor.answer(id, "q1", { kind: "always" }, "the user");
  supervisor.followUp(id, "once more");
  turn.end();
  await Bun.sleep(0);
  const next = backend.turns.at(-1);
  expect(next).not.toBe(turn);
  expect(next?.request.allowed).toEqual([{ permission: "bash", pattern: "git push *" }]);
  const other = await supervisor.spawn(sampleRequest());
  expect(backend.turnOf(other).request.allowed ?? []).toEqual([]);
});

test("nobody's answer comes after the wait, and the record says so; the end of a turn closes what is open", async () => {
  const { clock, turn, questions } = await asking(push);
  clock.advance(600_000);
  expect(turn.answers).toEqual([["per_1", { kind: "unanswered" }]]);
  expect(questions()).toMatchObject([{ state: "unanswered", answeredBy: "nobody" }]);
  turn.observer.asked({ ...push, askId: "per_2" });
  turn.end();
  await Bun.sleep(0);
  expect(questions()).toMatchObject([{ state: "unanswered" }, { id: "q2", state: "ended" }]);
});

test("what somebody else has answered is told", async () => {
  const { turn, questions, reports } = await asking(push);
  turn.observer.answeredElsewhere("per_1", { kind: "once" });
  expect(questions()).toMatchObject([{ state: "once", answeredBy: "somebody else" }]);
  expect(reports.join()).toContain("bash: git push");
});

const base = { askedAt: 0, answeredAt: null, answeredBy: null, words: null };
const questions: Question[] = [
  { ...push, ...base, id: "q1", state: "once", answeredBy: "the user" },
  { ...push, ...base, id: "q2", state: "open" },
  { ...base, askId: "ask_1", kind: "question", what: "Which?", options: ["red", "blue"], id: "q3", state: "open" },
  { ...push, ...base, id: "q4", state: "open" },
];
test.each([
  ["allow", "", "q2", { kind: "once" }],
  ["allow", "always", "q2", { kind: "always" }],
  ["allow", "q4 ALWAYS", "q4", { kind: "always" }],
  ["deny", "", "q2", { kind: "no" }],
  ["deny", "Q4 not on main", "q4", { kind: "no", words: "not on main" }],
  ["deny", "q3 ask me later", "q3", { kind: "no", words: "ask me later" }],
  ["answer", "2", "q3", { kind: "answer", words: "blue" }],
  ["answer", "q3 none of them", "q3", { kind: "answer", words: "none of them" }],
  ["answer", "7", "q3", { kind: "answer", words: "7" }],
] as const)("%s %j answers %s", (verb, words, id, reply) => {
  const read = readAnswer(verb, words.split(" ").filter(Boolean), questions);
  expect(read).toMatchObject({ ok: true, question: { id }, reply });
});

test.each([
  ["allow", "q1", "answered already: once, by the user"],
  ["allow", "q9", "no such question open. Open: q2"],
  ["allow", "q3", 'use "answer"'],
  ["allow", "allways", 'Expected "always" or nothing'],
  ["answer", "", "Expected an answer"],
  ["answer", "q2 yes", 'use "allow" or "deny"'],
] as const)("%s %j is answered with what was expected", (verb, words, why) => {
  const read = readAnswer(verb, words.split(" ").filter(Boolean), questions);
  expect(read).toMatchObject({ ok: false, why: expect.stringContaining(why) });
});
