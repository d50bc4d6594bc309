import type { OwnerAnswer } from "../store/ask-owner.ts";
import type { OwnerRequest, UserAnswer } from "../store/request-files.ts";
import type { Instance } from "../supervisor/instance.ts";
import type { TranscriptTurn } from "../supervisor/ports.ts";
import type { AnswerOutcome } from "../supervisor/questions.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { InstanceCatalog } from "./instance-catalog.ts";

/** What came of a message to an agent. */
export type MessageOutcome =
  /** A further turn waits, or starts at once. */
  | "accepted"
  /** It is read at the agent's next step, or in a further turn where that one ends before. */
  | "noted"
  /** Another opencode holds the agent. */
  | "foreign";

/**
 * Gives an agent a message: a further turn, or with `now` something to read at its next step, where it is at work.
 * Rejects when no turn can be started now.
 */
export type SendMessage = (instanceId: string, prompt: string, now?: boolean) => Promise<MessageOutcome>;

/** The agents of this machine, as one plugin instance runs and knows them. */
export interface Fleet {
  readonly supervisor: Supervisor;
  readonly catalog: InstanceCatalog;
  /** The folders that agents have of their own. */
  readonly workspace: Workspace;
  readonly sendMessage: SendMessage;
  /** The turns of a session at a place elsewhere; `undefined`: nobody here can ask there. Rejects when it cannot tell. */
  readonly readElsewhere: (
    place: string,
    sessionId: string,
    prompts: ReadonlySet<string>,
  ) => Promise<TranscriptTurn[] | undefined>;
  /** Asks the opencode that owns an agent to do something. Rejects when that cannot be asked for. */
  readonly askOwner: (instanceId: string, request: OwnerRequest) => Promise<OwnerAnswer>;
  /** Gives an agent an answer of the user, whichever opencode runs it. */
  readonly answer: (instanceId: string, answer: UserAnswer) => Promise<AnswerOutcome>;
  /** A session waits for the results of these agents. Returns what ends the wait. */
  readonly collecting: (instanceIds: readonly string[], sessionId: string) => () => void;
  /** The agents of a session that have not ended, or whose end is not on the disk. */
  readonly agentsOut: (sessionId: string) => readonly Instance[];
  /** Tells a session now of the ends that it has not been told of. Returns whether there were some. */
  readonly tellNow: (sessionId: string) => Promise<boolean>;
  /** An event of the host. */
  event(event: { type: string; properties: unknown }): void;
  /** From now on the agents that run come to their own end when this host goes. Settles when that is on the disk. */
  letFinish(): Promise<void>;
  /** Ends every agent at once: the host is about to go away. */
  close(): void;
}
