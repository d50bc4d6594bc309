import type { Fallbacks } from "./fallbacks.ts";
import type { Instance } from "./instance.ts";
import type { MemoryLimit } from "./admission.ts";
import type { Question } from "./questions.ts";
import type { Policy } from "./policies/policy.ts";
import type { Clock } from "../lib/clock.ts";
import type { Backend, EndNotifier, FinishFolder, InstanceStore, Notes, Transcripts } from "./ports.ts";

/** Puts a question of an agent before the user. Never throws. */
export type AskUser = (instance: Instance, question: Question) => void;

/** Something for the session that asked for an agent. */
export interface ParentMessage {
  readonly text: string;
  /** It is to react at once. */
  readonly wake: boolean;
  /** Whose words these are. */
  readonly from: "agent" | "plugin";
}

/** Tells the session that asked for an agent something. Never throws. */
export type TellParent = (instance: Instance, message: ParentMessage) => void;

/** What a supervisor works with: everything outside of the core. */
export interface SupervisorParts {
  readonly backend: Backend;
  readonly store: InstanceStore;
  readonly transcripts: Transcripts;
  readonly notifier: EndNotifier;
  readonly notes: Notes;
  readonly clock: Clock;
  readonly policies: readonly Policy[];
  /** How long a question to the user waits, in milliseconds. */
  readonly permissionWaitMs: number;
  /** Puts a question before the user, beside the record. */
  readonly askUser?: AskUser;
  /** Which model goes on where one does not answer; absent: none. */
  readonly fallbacks?: Fallbacks;
  readonly tellParent?: TellParent;
  /** How many agents run at once. */
  readonly maxConcurrentInstances: number;
  /** How many agents run at once at a place elsewhere; absent: there is no other place. */
  readonly slotsOf?: (place: string) => number;
  /** The places of which an agent takes one that may run on any. */
  readonly anyOf?: (known: () => void) => readonly string[];
  /** Absent: no agent has a folder of its own. */
  readonly finishFolder?: FinishFolder;
  /** Absent: memory does not matter. */
  readonly memory?: MemoryLimit;
  /** Why no further agent may be taken on now, or `undefined`. */
  readonly refusal?: () => string | undefined;
  /** Something went wrong that no caller is waiting to hear. */
  readonly report: (message: string, cause: unknown) => void;
}
