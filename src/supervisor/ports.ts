import type { ProcessIdentity } from "../processes/process-table.ts";
import type { BackendName, Instance, ModelChoice, Place, Progress, Turn } from "./instance.ts";
import type { Deeds } from "./deeds.ts";
import type { Allowed, Asked, Reply, Said } from "./questions.ts";
import type { Outcome, TurnEvidence } from "./outcome.ts";
import type { Changes, OwnFolder } from "./own-folder.ts";

/** What a backend needs to run one turn of an agent. */
export interface TurnRequest {
  readonly instanceId: string;
  readonly agent: string;
  readonly model: ModelChoice;
  readonly kind: Turn["kind"];
  readonly prompt: string;
  /** Where the agent works. */
  readonly directory: string;
  /** The agent's own folder, which has to be there first. */
  readonly folder?: OwnFolder | undefined;
  readonly backend: BackendName;
  /** The name of the place where it runs; absent: on this machine. */
  readonly on?: string | undefined;
  /** The session of the caller. */
  readonly parentSessionId: string;
  /** The session to continue; `null` for a first turn. */
  readonly sessionId: string | null;
  /** What made the agent what it was when that session began, as a hash; absent where the backend does not tell. */
  readonly definition?: string | undefined;
  /** What the user has allowed the agent for good. */
  readonly allowed?: readonly Allowed[] | undefined;
  /** The log to go on with; absent: one of this host's own. */
  readonly logPath?: string | undefined;
}

/** What a backend reports while a turn runs. Never throws. */
export interface TurnObserver {
  spawned(process: ProcessIdentity): void;
  /** The turn was asked for at its place elsewhere, where it waits. */
  awaited?(place: Place): void;
  /** The turn has begun at its place elsewhere. */
  begun?(place: Place): void;
  /** `definition`: a hash of what makes the agent what it is, where the backend can tell. */
  sessionIdentified(sessionId: string, definition?: string): void;
  /** The message by which the turn is known in its session, whether it is there already or about to be. */
  prompted(messageId: string): void;
  /** The start failed before the agent did anything; it is repeated, and what was identified counts no more. */
  startRepeated(): void;
  progressed(progress: Progress): void;
  /** The agent asks the user something, and waits for {@link RunningTurn.answer}. */
  asked(asked: Asked): void;
  /** What it asked was answered, and not from here. */
  answeredElsewhere(askId: string, reply: Reply): void;
  /** The agent tells the session that asked for it something. */
  toldParent(said: Said): void;
  /** Something was seen that makes the turn worthless (another agent runs): the supervisor ends it. */
  mustStop(outcome: Outcome): void;
}

/** How a turn came to its end: nothing of it runs any more. */
export interface TurnEnd {
  readonly evidence: TurnEvidence;
  /** Whether some of the text was lost on the way and the session has more. */
  readonly textIncomplete: boolean;
  /** A line that the result begins with, where the reader has to know something. */
  readonly resultHeader?: string | undefined;
  /** Why it could not be seen whether something of it runs yet. */
  readonly unseen?: string | undefined;
}

/** A turn that was started. */
export interface RunningTurn {
  /** Settles once the process and everything it started are gone. Never rejects. */
  readonly ended: Promise<TurnEnd>;
  /** The turn has come to its own end, and only what it left behind is being ended: a stop comes too late. */
  readonly hasExited: boolean;
  /** Gives the agent what came of something that it has asked the user. */
  answer(asked: Asked, reply: Reply): void;
  /**
   * Has the agent read a note at its next step, where the backend can do that itself. Never rejects.
   *
   * @returns whether it will; a note that comes too late for its last step is left in {@link Notes} before the turn ends
   */
  tell?(note: Note): Promise<boolean>;
  /** Ends the whole tree: SIGTERM, the grace period, SIGKILL. Settles when nothing is left, or nobody can tell. */
  stop(): Promise<void>;
  /** Ends the whole tree at once and without waiting. */
  stopNow(): void;
}

/** Runs agents: one process each, or one warm server for all. */
export interface Backend {
  /** Starts a turn; a failure to start is an end with `spawnError`, not a throw. */
  start(turn: TurnRequest, observer: TurnObserver): RunningTurn;
}

/**
 * Takes down what an agent has left in its own folder when its turn is over; `undefined`: nothing, or it has none. Never
 * rejects.
 */
export type FinishFolder = (instance: Instance) => Promise<Changes | undefined>;

/** Where records and results are kept. */
export interface InstanceStore {
  /**
   * Writes a first record, or one that is this host's for a moment only (taken over, or told of); what was on its way
   * before counts no more. Rejects when that fails: it is not tried again.
   */
  create(instance: Instance): Promise<void>;
  /**
   * Settles when the record is durable. Calls for one instance are written in order, the last state wins. Rejects
   * when the first attempt fails; the record stays dirty and is tried again. No record is durable before its result.
   */
  save(instance: Instance, unsavedResult?: string): Promise<void>;
  /** Shows whoever looks on what an instance does now. Nothing hangs on it. */
  show(instance: Instance): void;
  /** Whether a state of this instance has not reached the disk. */
  isDirty(instanceId: string): boolean;
  /**
   * Whether another host has taken the instance over, which took this one for gone: it may have stood still for long.
   * That one has told how its turn ended, and a told end never changes: nothing of it is written here any more.
   */
  isTaken(instanceId: string): Promise<boolean>;
  /** {@link InstanceStore.save} before it returns, for `dispose`. */
  saveNow(instance: Instance, unsavedResult?: string): void;
  logPath(instanceId: string): string;
  resultPath(instanceId: string): string;
}

/** A finished or unfinished turn as the session's messages tell it. */
export interface TranscriptTurn {
  /** The message with its prompt. */
  readonly messageId: string;
  /** When its prompt came, in milliseconds since the epoch, where the session says so. */
  readonly askedAt?: number | undefined;
  /** What the agent said itself: of each of its messages that has a text, that text. */
  readonly words: readonly string[];
  /** The messages that are the agent's own, not the host's. */
  readonly ownMessages: readonly string[];
  /** What its calls did, where the session tells it: not those of native subagents. */
  readonly deeds?: Deeds | undefined;
  /** Whether the last message of the agent is complete, no tool call is open, and the host would not go on by itself. */
  readonly finished: boolean;
}

/** Reads sessions back through the host. */
export interface Transcripts {
  /**
   * The turns of a session, oldest first; `undefined` when there is no such session. Rejects when it cannot tell.
   *
   * @param prompts the messages that are known to begin a turn
   * @param from the one that begins the first turn which matters: what came before it may be left out
   * @param since the first one of this moment or later begins a turn as well, in milliseconds since the epoch
   */
  read(
    sessionId: string,
    prompts: ReadonlySet<string>,
    from?: string,
    since?: number,
  ): Promise<TranscriptTurn[] | undefined>;
}

/** What a running agent is told beside its prompt. */
export interface Note {
  /** `limit`: the plugin tells how much is left. `message`: the session that asked for the agent has written. */
  readonly kind: "limit" | "message";
  readonly text: string;
}

/** Notes to agents that are at work: each is read once, at the next step behind a tool call. */
export interface Notes {
  /** Rejects when it cannot be left. */
  post(sessionId: string, note: Note): Promise<void>;
  /** Those that nobody has read yet, oldest first; they are gone then. Rejects when they cannot be read. */
  take(sessionId: string): Promise<readonly Note[]>;
}

/** Tells people and sessions that an agent ended. Never throws. */
export interface EndNotifier {
  ended(instance: Instance): void;
}
