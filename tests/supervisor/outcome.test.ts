import { describe, expect, test } from "bun:test";
import { isFinished, judge, type Outcome } from "../../src/supervisor/outcome.ts";
import { exited, goodEvidence, type SeenEvidence } from "./sample-instance.ts";

const permissionRejected = { tool: "bash", detail: "bash: echo 1" };
const agentFallback = { reason: "wrong_agent", detail: 'agent "x" is a subagent' } as const;

describe("how a turn ended", () => {
  const cases: [what: string, seen: SeenEvidence, status: string, reason: string | undefined, word?: string][] = [
    ["text and a good last step", {}, "done", undefined],
    ["no text", { text: "" }, "done", "empty_result"],
    ["blank text", { text: " \n\t" }, "done", "empty_result"],
    ["the answer was cut by its length", { finish: "length" }, "done", undefined, "cut short"],
    ["a permission nobody could give", { permissionRejected }, "failed", "permission_denied", '"bash"'],
    ["another agent ran", { agentFallback }, "failed", "wrong_agent", "is a subagent"],
    [
      "the agent is not there",
      { agentFallback: { reason: "agent_unknown", detail: 'agent "zzz" not found' } },
      "failed",
      "agent_unknown",
      "zzz",
    ],
    [
      "the model is not there",
      { exitCode: 1, modelUnknown: "Model not found: a/b." },
      "failed",
      "model_unknown",
      "a/b",
    ],
    ["it could not be started", { exitCode: null, spawnError: "ENOENT" }, "failed", "spawn_failed", "ENOENT"],
    ["the session failed", { exitCode: 1, sessionError: "boom happened" }, "failed", "session_error", "boom happened"],
    ["it left with an error", { exitCode: 3, lastErrorLines: ["a", "b"] }, "failed", "exit_nonzero", "code 3"],
    ["it left without a word", { exitCode: 1 }, "failed", "exit_nonzero", "no explanation"],
    ["a signal ended it", { exitCode: null, signal: "SIGKILL" }, "failed", "exit_nonzero", "SIGKILL"],
    ["it left in the middle of its steps", { finish: "tool-calls" }, "failed", "session_error", '"tool-calls"'],
  ];
  for (const [what, seen, status, reason, word] of cases) {
    test(`${what}: ${status}${reason === undefined ? "" : `, ${reason}`}`, () => {
      const outcome: Outcome = judge(goodEvidence(seen));
      expect(`${outcome.status} ${outcome.reason}`).toBe(`${status} ${reason}`);
      if (word === undefined) expect(outcome.error).toBeUndefined();
      else expect(outcome.error).toContain(word);
    });
  }
});

describe("the cause that explains the others comes first", () => {
  const everything: SeenEvidence = {
    exitCode: 1,
    spawnError: "ENOENT",
    agentFallback,
    modelUnknown: "a/b",
    permissionRejected,
    sessionError: "boom",
  };
  const order = [
    "spawnError",
    "agentFallback",
    "modelUnknown",
    "sessionError",
    "permissionRejected",
    "exitCode",
  ] as const;
  const reasons = [
    "spawn_failed",
    "wrong_agent",
    "model_unknown",
    "session_error",
    "permission_denied",
    "exit_nonzero",
  ];
  for (const [index, reason] of reasons.entries()) {
    test(reason, () => {
      const left = Object.fromEntries(order.slice(index).map((name) => [name, everything[name]]));
      expect(judge(goodEvidence(left)).reason as string).toBe(reason);
    });
  }
});

test("exit code 0 alone never means done", () => {
  const outcome = judge({ cause: exited(0), lastErrorLines: [], words: ["half an answer"] });
  expect(outcome).toMatchObject({ status: "failed", reason: "session_error" });
  expect(outcome.error).toContain("no step was finished");
});

test("of a turn that was cut short nothing is said that only a process of its own does", () => {
  expect(judge(goodEvidence({ finish: "tool-calls" })).error).toBe(
    'opencode ended the turn before it was finished, and reported no error: the last step ended with "tool-calls".',
  );
});

test("the last words on stderr are in the error", () => {
  const { error } = judge(goodEvidence({ exitCode: 9, lastErrorLines: ["disk full", "giving up"] }));
  expect(error).toBe("opencode exited with code 9. Its last words: disk full | giving up");
});

test("a step is the last one unless another follows it", () => {
  const finishes = ["stop", "length", "content-filter", "tool-calls", "unknown", undefined];
  expect(finishes.map(isFinished)).toEqual([true, true, true, false, false, false]);
});

describe("a turn without a process of its own tells of no exit", () => {
  test.each([
    [{ cause: { kind: "idle", hasFailed: false } }, "done", undefined],
    [{ cause: { kind: "idle", hasFailed: true } }, "failed", "opencode did not say why"],
    [{ cause: { kind: "idle", hasFailed: true }, isRecovered: true }, "done", undefined],
    [{ cause: { kind: "broken_off" } }, "failed", "from outside"],
    [{ cause: { kind: "connection_lost", why: "the line broke" } }, "failed", "the line broke"],
    [{ cause: { kind: "exited", exitCode: 143, signal: null, isLate: true } }, "done", undefined],
  ] as const)("%j: %s", (seen, status, word) => {
    const outcome = judge(goodEvidence(seen));
    expect(outcome.status).toBe(status);
    expect(outcome.error ?? "").toContain(word ?? "");
    expect(outcome.error ?? "").not.toContain("exited with code");
  });
});
