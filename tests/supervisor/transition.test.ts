import { describe, expect, test } from "bun:test";
import { noTokens, type Progress } from "../../src/supervisor/instance.ts";
import type { Outcome } from "../../src/supervisor/outcome.ts";
import { transition, type Effect, type InstanceEvent } from "../../src/supervisor/transition.ts";
import { killed, sampleInstance, sampleStates, START, type SampleState } from "./sample-instance.ts";

const at = START + 50;
const progress: Progress = {
  ...sampleInstance().progress,
  activity: "tool bash",
  toolCallCount: 3,
  tokens: { ...noTokens, input: 9 },
  costUsd: 0.5,
  lastActivityAt: at,
  voice: true,
  textPreview: "so far",
};
const deadline: Outcome = { status: "timed_out", reason: "deadline", error: "too late" };

const events = {
  waits: { type: "waits", what: "memory" },
  admitted: { type: "admitted", at },
  spawned: { type: "spawned", at, process: { pid: 7, startTime: "8" } },
  session_identified: { type: "session_identified", at, sessionId: "ses_new" },
  start_repeated: { type: "start_repeated", at, sessionId: null },
  progressed: { type: "progressed", at, progress },
  stop_requested: { type: "stop_requested", at, outcome: deadline },
  intervention_requested: { type: "intervention_requested", at, prompt: "Go on." },
  turn_replaced: { type: "turn_replaced", at, exitCode: 143, signal: null },
  ended: { type: "ended", at, outcome: { status: "done" }, exitCode: 0, signal: null, resultPreview: "the end" },
} satisfies Record<string, InstanceEvent>;
type EventName = keyof typeof events;

/** The status after the event, and what is to be done; `null`: nothing at all happens. */
type Expected = readonly [status: string, ...effects: Effect[]] | null;

const table: Record<SampleState, Record<EventName, Expected>> = {
  queued: {
    waits: ["queued", "save"],
    admitted: ["pending", "save"],
    spawned: null,
    session_identified: null,
    start_repeated: null,
    progressed: ["queued", "save_later"],
    stop_requested: ["timed_out", "save", "settle"],
    intervention_requested: null,
    turn_replaced: null,
    ended: ["done", "save", "settle"],
  },
  pending: {
    waits: null,
    admitted: null,
    spawned: ["pending", "save"],
    session_identified: ["running", "save"],
    start_repeated: ["pending", "save"],
    progressed: ["pending", "save_later"],
    stop_requested: ["pending", "stop"],
    intervention_requested: null,
    turn_replaced: null,
    ended: ["done", "save", "settle"],
  },
  "pending, ending": {
    waits: null,
    admitted: null,
    spawned: ["pending", "save"],
    session_identified: ["running", "save"],
    start_repeated: null,
    progressed: ["pending", "save_later"],
    stop_requested: null,
    intervention_requested: null,
    turn_replaced: null,
    ended: ["killed", "save", "settle"],
  },
  running: {
    waits: null,
    admitted: null,
    spawned: ["running", "save"],
    session_identified: null,
    start_repeated: ["pending", "save"],
    progressed: ["running", "save_later"],
    stop_requested: ["running", "stop"],
    intervention_requested: ["running", "stop"],
    turn_replaced: null,
    ended: ["done", "save", "settle"],
  },
  "running, to be replaced": {
    waits: null,
    admitted: null,
    spawned: ["running", "save"],
    session_identified: null,
    start_repeated: null,
    progressed: ["running", "save_later"],
    stop_requested: ["running", "stop"],
    intervention_requested: null,
    turn_replaced: ["running", "save", "start_turn"],
    ended: ["done", "save", "settle"],
  },
  "running, ending": {
    waits: null,
    admitted: null,
    spawned: ["running", "save"],
    session_identified: null,
    start_repeated: null,
    progressed: ["running", "save_later"],
    stop_requested: null,
    intervention_requested: null,
    turn_replaced: null,
    ended: ["killed", "save", "settle"],
  },
  done: ignoringAll(),
  failed: ignoringAll(),
  killed: ignoringAll(),
  timed_out: ignoringAll(),
};

function ignoringAll(): Record<EventName, null> {
  return {
    waits: null,
    admitted: null,
    spawned: null,
    session_identified: null,
    start_repeated: null,
    progressed: null,
    stop_requested: null,
    intervention_requested: null,
    turn_replaced: null,
    ended: null,
  };
}

for (const state of Object.keys(sampleStates) as SampleState[]) {
  describe(`an instance that is ${state}`, () => {
    for (const [name, event] of Object.entries(events)) {
      const expected = table[state][name as EventName];
      test(expected === null ? `ignores ${name}` : `becomes ${expected[0]} by ${name}`, () => {
        const before = sampleInstance(state);
        const { instance, effects } = transition(before, event);
        const [status, ...wanted] = expected ?? [before.state.status];
        expect(instance.state.status as string).toBe(status);
        expect(effects).toEqual(wanted);
        if (expected === null) expect(instance).toBe(before);
      });
    }
  });
}

test("being admitted starts the turn's clock", () => {
  const waiting = transition(sampleInstance("queued"), events.waits).instance;
  expect(waiting.progress.activity).toBe("waits for memory");
  const { instance } = transition(waiting, events.admitted);
  expect(instance.progress.activity).toBe("starting");
  expect(instance.state).toEqual({ status: "pending", startedAt: at, process: null, ending: null });
  expect(instance.turns.at(-1)!.startedAt).toBe(at);
});

test("a process and a session id are kept", () => {
  const spawned = transition(sampleInstance("pending"), events.spawned).instance;
  expect(spawned.state).toMatchObject({ process: { pid: 7, startTime: "8" } });
  expect(transition(spawned, events.session_identified).instance.sessionId).toBe("ses_new");
});

test("a start that is repeated has its session still before it, or goes on in the one that it was to continue", () => {
  const again = transition(sampleInstance("running"), events.start_repeated).instance;
  expect(again).toMatchObject({ sessionId: null, state: { status: "pending", process: null } });
  expect(transition(again, events.session_identified).instance.sessionId).toBe("ses_new");
  const continued = { ...events.start_repeated, sessionId: "ses_child" };
  expect(transition(sampleInstance("running"), continued).instance.sessionId).toBe("ses_child");
});

test("the message of a turn is written down once it is known, and forgotten when the start is repeated", () => {
  const prompted = { type: "prompted", messageId: "msg_1" } as const;
  const known = transition(sampleInstance("running"), prompted);
  expect([known.instance.turns.at(-1)?.messageId, known.effects]).toEqual(["msg_1", ["save"]]);
  expect(transition(known.instance, prompted).effects).toEqual([]);
  expect(transition(known.instance, events.start_repeated).instance.turns.at(-1)?.messageId).toBeUndefined();
});

test("the first session id stays", () => {
  expect(transition(sampleInstance("running"), events.session_identified).instance.sessionId).toBe("ses_child");
});

test("progress replaces progress and nothing else", () => {
  const before = sampleInstance("running");
  expect(transition(before, events.progressed).instance).toEqual({ ...before, progress });
});

describe("no count ever falls, whatever is told:", () => {
  const some = { input: 4, output: 3, reasoning: 2, cacheRead: 1, cacheWrite: 5 };
  const cases: readonly [string, Partial<Progress>, Partial<Progress>][] = [
    [
      "nothing at all",
      { toolCallCount: 0, costUsd: 0, tokens: noTokens },
      { toolCallCount: 7, costUsd: 0.5, tokens: some },
    ],
    [
      "fewer calls, more tokens",
      { toolCallCount: 2, costUsd: 0.5, tokens: { ...some, input: 9 } },
      { toolCallCount: 7 },
    ],
    ["less cost, more calls", { toolCallCount: 8, costUsd: 0.1, tokens: some }, { toolCallCount: 8, costUsd: 0.5 }],
    [
      "fewer tokens of one kind",
      { tokens: { ...some, cacheRead: 0, cacheWrite: 6 } },
      { tokens: { ...some, cacheWrite: 6 } },
    ],
  ];
  for (const [what, told, kept] of cases) {
    test(what, () => {
      const before = { ...progress, toolCallCount: 7, costUsd: 0.5, tokens: some };
      const instance = { ...sampleInstance("running"), progress: before };
      const event = { ...events.progressed, progress: { ...before, ...told, activity: "writing" } };
      const after = transition(instance, event).instance.progress;
      expect(after).toEqual({ ...before, ...told, ...kept, activity: "writing" });
    });
  }
});

test("an end closes the turn with all that is known of it", () => {
  const { instance } = transition(sampleInstance("running"), {
    ...events.ended,
    outcome: { status: "failed", reason: "exit_nonzero", error: "exited with code 3" },
    exitCode: 3,
  });
  expect(instance.state).toEqual({
    status: "failed",
    startedAt: START + 10,
    endedAt: at,
    process: { pid: 4242, startTime: "777" },
    reason: "exit_nonzero",
    error: "exited with code 3",
  });
  expect(instance.turns.at(-1)).toMatchObject({ endedAt: at, exitCode: 3, signal: null });
  expect(instance.resultPreview).toBe("the end");
});

test("an intervention closes the turn and opens another one of the same session", () => {
  const { instance } = transition(sampleInstance("running, to be replaced"), events.turn_replaced);
  expect(instance.turns).toMatchObject([
    { kind: "initial", endedAt: at, exitCode: 143 },
    { kind: "intervention", prompt: "Take a concrete step.", startedAt: at, endedAt: null, exitCode: null },
  ]);
  expect(instance.state).toMatchObject({ status: "running", process: null, intervention: null });
  expect(instance.sessionId).toBe("ses_child");
});

test("a kill wins over an intervention that has not begun", () => {
  const stopping = transition(sampleInstance("running, to be replaced"), {
    type: "stop_requested",
    at,
    outcome: killed,
  });
  expect(transition(stopping.instance, events.turn_replaced).effects).toEqual([]);
  expect(transition(stopping.instance, events.ended).instance.state.status).toBe("killed");
});

test("the first cause of an end wins, whatever came of the process later", () => {
  const first = transition(sampleInstance("running"), { type: "stop_requested", at, outcome: killed }).instance;
  const second = transition(first, events.stop_requested).instance;
  const { state } = transition(second, events.ended).instance;
  expect(state).toMatchObject({ status: "killed", reason: "killed", error: "Killed on request." });
});

test("what nobody has seen the end of is not killed, and what waited behind it is off all the same", () => {
  const unseen = "The process table cannot be read: EMFILE";
  const asked = transition(sampleInstance("running"), { type: "follow_up_requested", at, prompt: "more" }).instance;
  const stopping = transition(asked, { type: "stop_requested", at, outcome: killed }).instance;
  const { state, followUps } = transition(stopping, { ...events.ended, unseen }).instance;
  expect(state).toMatchObject({ status: "failed", reason: "exit_nonzero", error: expect.stringContaining(unseen) });
  expect(followUps).toEqual([]);
});

test("any other end stays what it is, and says that nobody has seen what is left", () => {
  const unseen = "The process table cannot be read: EMFILE";
  const done = { ...events.ended, unseen, outcome: { status: "done" as const } };
  expect(transition(sampleInstance("running"), done).instance.state).toMatchObject({
    status: "done",
    reason: null,
    error: `Whether anything that it started runs yet could not be seen. ${unseen}`,
  });
});

test("what was refused stays through a turn, its interventions included, and is not that of the next one", () => {
  const { progress } = sampleInstance("running");
  const told = (refused: string[]) => ({ type: "progressed" as const, at, progress: { ...progress, refused } });
  const first = transition(sampleInstance("running"), told(["bash: rm a", "bash: rm b"])).instance;
  // Another process, or another plugin instance, begins with none.
  const later = transition(transition(first, told([])).instance, told(["bash: rm b", "edit: c"])).instance;
  expect(later.progress.refused).toEqual(["bash: rm a", "bash: rm b", "edit: c"]);
  const asked = transition(later, { type: "follow_up_requested", at, prompt: "more" }).instance;
  const ended = transition(asked, events.ended).instance;
  expect(ended.progress.refused).toHaveLength(3);
  expect(transition(ended, { type: "next_turn_opened", at }).instance.progress.refused).toEqual([]);
});

test("files that were changed and the last calls stay through a turn, and are not those of the next one", () => {
  const { progress } = sampleInstance("running");
  const told = (changedFiles: string[], lastCalls: string[], moreChangedFiles = 0) => {
    const deeds = { changedFiles, lastCalls, moreChangedFiles };
    return { type: "progressed" as const, at, progress: { ...progress, ...deeds } };
  };
  const first = transition(sampleInstance("running"), told(["a", "b"], ["read: a"], 2)).instance;
  const silent = transition(first, told([], [])).instance;
  expect(silent.progress).toMatchObject({ changedFiles: ["a", "b"], moreChangedFiles: 2, lastCalls: ["read: a"] });
  const later = transition(silent, told(["c", "a"], ["edit: c"])).instance;
  expect(later.progress).toMatchObject({ changedFiles: ["a", "b", "c"], lastCalls: ["edit: c"] });
  const asked = transition(later, { type: "follow_up_requested", at, prompt: "more" }).instance;
  const next = transition(transition(asked, events.ended).instance, { type: "next_turn_opened", at }).instance;
  expect(next.progress).toMatchObject({ changedFiles: [], moreChangedFiles: 0, lastCalls: [] });
});
