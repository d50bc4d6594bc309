import { noDeeds, type Deeds } from "./deeds.ts";
import type { ProcessIdentity } from "../processes/process-table.ts";
import type { Outcome, Reason, TerminalStatus } from "./outcome.ts";
import type { Changes, OwnFolder } from "./own-folder.ts";
import type { Allowed, Question } from "./questions.ts";
import type { ResultParts } from "./result.ts";

/** `bgr_` and a ULID: sorts by creation. Checked before it becomes a file name. */
export const INSTANCE_ID = /^bgr_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Tokens of all steps so far, native subagents included. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly reasoning: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

export const noTokens: Tokens = { input: 0, output: 0, reasoning: 0, cacheRead: 0, cacheWrite: 0 };

/**
 * What an agent is doing: `waits for <what>` in the line, `starting`, `thinking`, `writing`, `composing <tool>`, `tool <tool>: <what for>`, `retrying`,
 * `asking bash: git push`, `reconnecting until <time>`, `waiting for the model, 16 s` (a request is out, and so long nothing has come), `silent` (nothing, and none is out),
 * or `unknown` for a child without a voice.
 */
export type Activity = string;

/** What the watchdogs need to know of a turn; times in milliseconds since the epoch. */
export interface Liveness {
  /**
   * The model is awaited, thinks or writes; writes a tool call; a tool runs; the host waits for the provider; the user is
   * asked; or the place elsewhere cannot be reached.
   */
  readonly phase: "model" | "composing" | "tool" | "retrying" | "asking" | "away";
  /** When the phase began. For a native subagent: when something was last heard of it. */
  readonly since: number;
  /** The tool that has run for longest, while one runs. */
  readonly tool?: string | undefined;
  /** When the host asks the provider again, while it retries. */
  readonly retryAt: number | null;
  /** What the provider said then. */
  readonly retryWords?: string | undefined;
  /** Since when the model only thinks, without a text or a tool in between. */
  readonly thinkingSince: number | null;
  /** Whether this turn has had a text or a tool. */
  readonly hasActed: boolean;
  /** Whether a text of this turn has become a loop. */
  readonly repeatsItself: boolean;
  /** The end of what it thought or wrote last in this turn, where it did. */
  readonly lastWords?: string;
}

/** What is known of an agent's work so far. */
export interface Progress extends Deeds {
  readonly activity: Activity;
  readonly toolCallCount: number;
  readonly tokens: Tokens;
  readonly costUsd: number;
  /** Milliseconds since the epoch of the last sign of life. */
  readonly lastActivityAt: number;
  /** Whether the plugin inside the child reports; without it only the pipes are watched. */
  readonly voice: boolean;
  /** `null` for a child without a voice. */
  readonly liveness: Liveness | null;
  /** The last 200 characters of what it has written so far. */
  readonly textPreview: string | null;
}

/** One prompt and what came of it. Times in milliseconds since the epoch. */
export interface Turn {
  readonly kind: "initial" | "follow_up" | "intervention" | "fallback";
  readonly prompt: string;
  /** The message of the session that the prompt became; absent while that is not known. */
  readonly messageId?: string | undefined;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** Who asked for an agent. */
export interface Parent {
  readonly sessionId: string;
  readonly messageId: string;
  readonly agent: string;
}

/** A model as opencode names it; `variant` is its reasoning effort, where one is set. */
export interface ModelChoice {
  readonly providerId: string;
  readonly modelId: string;
  readonly variant?: string | undefined;
}

/** What goes on instead of a turn that came to no good end by its provider's fault. */
export interface Continuation {
  readonly prompt: string;
  readonly model: ModelChoice;
  /** Why the model before was left; `null` where it goes on. */
  readonly error: string | null;
}

/** A model that did not answer. */
export interface TriedModel {
  readonly model: string;
  readonly error: string;
}

/** How the turns of an agent are run: a process each, or a session each in one warm server. */
export type BackendName = "process" | "warm";

/** What is known of where a turn runs that does not run on this machine. */
export interface Place {
  /** The machine, as it calls itself. */
  readonly host: string | null;
  /** What the engine there calls the job, where it tells. */
  readonly job: string | null;
}

/** Where an instance is in its life; each member carries the data that is valid there. */
export type InstanceState =
  | { readonly status: "queued" }
  | {
      readonly status: "pending";
      readonly startedAt: number;
      readonly process: ProcessIdentity | null;
      /** Asked for at a place elsewhere, which has not begun with it. */
      readonly isAwaited?: boolean;
      /** The first cause of an end; the process is on its way out. */
      readonly ending: Outcome | null;
    }
  | {
      readonly status: "running";
      readonly startedAt: number;
      readonly process: ProcessIdentity | null;
      readonly ending: Outcome | null;
      /** The prompt of the turn that replaces this one as soon as its process is gone. */
      readonly intervention: string | null;
      /** With another model, where its own does not answer. */
      readonly fallback?: Continuation | undefined;
    }
  | {
      readonly status: TerminalStatus;
      readonly startedAt: number | null;
      readonly endedAt: number;
      readonly process: ProcessIdentity | null;
      readonly reason: Reason | null;
      readonly error: string | null;
    };

/** The task of a plan that an agent was sent out for. */
export interface PlanTask {
  /** The absolute path of the project's plans. */
  readonly folder: string;
  readonly slug: string;
  readonly elementId: string;
}

/** One background agent. */
export interface Instance {
  readonly instanceId: string;
  readonly agent: string;
  readonly model: ModelChoice;
  /** The models that go on where its own does not answer; absent: those of the options. */
  readonly fallback?: readonly ModelChoice[] | undefined;
  /** The models of this turn that did not answer, with what they said. */
  readonly modelsTried?: readonly TriedModel[] | undefined;
  /** Absent: `process`. */
  readonly backend?: BackendName;
  /** The name of the place where it runs; absent: on this machine. */
  readonly on?: string | undefined;
  /** Where its last turn runs, or ran, as far as that place has told. */
  readonly place?: Place | undefined;
  /** Its session is gone with its turn: nothing can follow. */
  readonly losesSession?: boolean | undefined;
  readonly title: string;
  readonly prompt: string;
  /** The caller's directory: the agent works there, or in a copy of it. */
  readonly directory: string;
  /** The agent's own folder; absent where it works in the caller's. */
  readonly folder?: OwnFolder | undefined;
  /** What the last turn has left in the agent's own folder; absent: nothing, or it is not known. */
  readonly changes?: Changes | undefined;
  readonly parent: Parent;
  /** Absent: none of a plan's. */
  readonly planTask?: PlanTask | undefined;
  readonly createdAt: number;
  /** How long a collect waits by default, in milliseconds. */
  readonly timeoutMs: number;
  /** When the run is ended as `timed_out`, in milliseconds after its start. */
  readonly deadlineMs: number | null;
  /** How the parent session is told of an end; `off`: not at all. */
  readonly announce: AnnounceMode | "off";
  readonly sessionId: string | null;
  /** A hash of the agent's definition and model as they were when its session began; absent where nobody told. */
  readonly definition?: string | undefined;
  /** The log that its turns go on with, where an earlier host began it; absent: this host's own. */
  readonly logPath?: string | undefined;
  readonly state: InstanceState;
  readonly turns: readonly Turn[];
  readonly progress: Progress;
  /** What it has asked the user, oldest first; absent: nothing. */
  readonly questions?: readonly Question[] | undefined;
  /** What the user has allowed it for good; absent: nothing. */
  readonly allowed?: readonly Allowed[] | undefined;
  /** The last 200 characters of the result. */
  readonly resultPreview: string | null;
  /** What the stored result is made of; absent while there is none, and where nobody wrote it down. */
  readonly resultParts?: ResultParts | undefined;
  /** Prompts that wait behind the running turn, first in, first out. */
  readonly followUps: readonly string[];
  /** Whether the parent session has to be told of the last end; `null` while there is none to tell. */
  readonly announcement: Announcement | null;
}

/** How a parent session is told: it reacts at once, or finds a note at its next turn. */
export type AnnounceMode = "wake" | "note";

/** The telling of one end. */
export interface Announcement {
  /** The number of the turn that ended, from 1. */
  readonly turn: number;
  readonly mode: AnnounceMode;
  /** `told`: by the answer of a tool; `dropped`: the parent session is gone. */
  readonly state: "pending" | "announced" | "told" | "dropped";
}

/** What a caller asks for when an agent is spawned. */
export type InstanceRequest = Pick<
  Instance,
  | "agent"
  | "model"
  | "fallback"
  | "backend"
  | "on"
  | "losesSession"
  | "title"
  | "prompt"
  | "directory"
  | "folder"
  | "parent"
  | "planTask"
  | "timeoutMs"
  | "deadlineMs"
  | "announce"
>;

/** A new instance, waiting for its turn to start. */
export function createInstance(instanceId: string, request: InstanceRequest, now: number): Instance {
  return {
    ...request,
    instanceId,
    createdAt: now,
    sessionId: null,
    state: { status: "queued" },
    turns: [{ kind: "initial", prompt: request.prompt, startedAt: null, endedAt: null, exitCode: null, signal: null }],
    progress: {
      activity: "starting",
      toolCallCount: 0,
      tokens: noTokens,
      costUsd: 0,
      lastActivityAt: now,
      voice: false,
      liveness: null,
      textPreview: null,
      ...noDeeds,
    },
    resultPreview: null,
    followUps: [],
    announcement: null,
  };
}

/** Whether the instance's turn has ended. */
export function isTerminal(
  instance: Instance,
): instance is Instance & { state: Extract<InstanceState, { endedAt: number }> } {
  return "endedAt" in instance.state;
}
