import {
  createInstance,
  type Instance,
  type InstanceRequest,
  type InstanceState,
} from "../../src/supervisor/instance.ts";
import type { EndCause, Exit, Outcome, TurnEvidence } from "../../src/supervisor/outcome.ts";
import type { TranscriptTurn } from "../../src/supervisor/ports.ts";

/** When everything in these tests began. */
export const START = Date.parse("2026-01-02T03:04:05.000Z");

export const childProcess = { pid: 4242, startTime: "777" };

/** What a caller asks for; a test names what matters to it. */
export function sampleRequest(given: Partial<InstanceRequest> = {}): InstanceRequest {
  return {
    agent: "mimir",
    model: { providerId: "scripted", modelId: "model" },
    title: "Look around",
    prompt: "Look around and report.",
    directory: "/project",
    parent: { sessionId: "ses_parent", messageId: "msg_parent", agent: "odin" },
    timeoutMs: 300_000,
    deadlineMs: null,
    announce: "wake",
    ...given,
  };
}

/** An instance id that sorts by its number. */
export function sampleId(number: number): string {
  return `bgr_01${String(number).padStart(24, "0")}`;
}

export const killed: Outcome = { status: "killed", reason: "killed", error: "Killed on request." };

export const sampleStates = {
  queued: { status: "queued" },
  pending: { status: "pending", startedAt: START + 10, process: childProcess, ending: null },
  "pending, ending": { status: "pending", startedAt: START + 10, process: childProcess, ending: killed },
  running: { status: "running", startedAt: START + 10, process: childProcess, ending: null, intervention: null },
  "running, to be replaced": {
    status: "running",
    startedAt: START + 10,
    process: childProcess,
    ending: null,
    intervention: "Take a concrete step.",
  },
  "running, ending": {
    status: "running",
    startedAt: START + 10,
    process: childProcess,
    ending: killed,
    intervention: null,
  },
  done: {
    status: "done",
    startedAt: START + 10,
    endedAt: START + 20,
    process: childProcess,
    reason: null,
    error: null,
  },
  failed: {
    status: "failed",
    startedAt: START + 10,
    endedAt: START + 20,
    process: null,
    reason: "session_error",
    error: "boom happened",
  },
  killed: {
    status: "killed",
    startedAt: null,
    endedAt: START + 20,
    process: null,
    reason: "killed",
    error: "Killed on request.",
  },
  timed_out: {
    status: "timed_out",
    startedAt: START + 10,
    endedAt: START + 20,
    process: childProcess,
    reason: "deadline",
    error: "The deadline of 1000 ms passed.",
  },
} satisfies Record<string, InstanceState>;
export type SampleState = keyof typeof sampleStates;

/** An instance in one of its states, with a session where it has one by then. */
export function sampleInstance(state: SampleState = "running", given: Partial<Instance> = {}): Instance {
  const hasSession = state !== "queued" && !state.startsWith("pending");
  return {
    ...createInstance(sampleId(1), sampleRequest(), START),
    state: sampleStates[state],
    sessionId: hasSession ? "ses_child" : null,
    ...given,
  };
}

/** What is seen of a turn that ended well. */
export function goodEvidence(seen: SeenEvidence = {}): TurnEvidence {
  const { text = "All is well.", exitCode = 0, signal = null, spawnError, ...given } = seen;
  const cause: EndCause =
    spawnError === undefined ? exited(exitCode, signal) : { kind: "not_started", why: spawnError };
  return { cause, finish: "stop", lastErrorLines: [], words: wordsOf(text), ...given };
}

/** The end of a turn with a process of its own. */
export function exited(exitCode: number | null, signal: string | null = null): EndCause {
  return { kind: "exited", exitCode, signal };
}

/** A turn as its session tells it. */
export function sampleTurn({
  text = "Found it.",
  ...given
}: Partial<TranscriptTurn> & { text?: string }): TranscriptTurn {
  const ids = { messageId: "msg_1", ownMessages: ["msg_2"] };
  return { ...ids, askedAt: START + 100, words: wordsOf(text), finished: true, ...given };
}

/** What is seen of a turn, with a text where one message has it all. */
export type SeenEvidence = Partial<TurnEvidence & Exit> & { readonly text?: string; readonly spawnError?: string };

function wordsOf(text: string): string[] {
  return text.trim() === "" ? [] : [text];
}
