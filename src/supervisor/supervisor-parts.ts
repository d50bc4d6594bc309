import type { MemoryLimit } from "./admission.ts";
import type { AskUser } from "./user-answers.ts";
import type { Policy } from "./policies/policy.ts";
import type { Backend, Clock, EndNotifier, FinishFolder, InstanceStore, Notes, Transcripts } from "./ports.ts";

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
  /** How many agents run at once. */
  readonly maxConcurrentInstances: number;
  /** Absent: no agent has a folder of its own. */
  readonly finishFolder?: FinishFolder;
  /** Absent: memory does not matter. */
  readonly memory?: MemoryLimit;
  /** Why no further agent may be taken on now, or `undefined`. */
  readonly refusal?: () => string | undefined;
  /** Something went wrong that no caller is waiting to hear. */
  readonly report: (message: string, cause: unknown) => void;
}
