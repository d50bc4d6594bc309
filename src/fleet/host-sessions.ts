import type { SoughtAgent } from "../opencode/agent-session.ts";
import type { ChosenMessage, Choice } from "../opencode/last-choice.ts";
import type { OwnMetadata } from "../opencode/own-metadata.ts";

/** A message of a session, as far as it decides what the session is told, and how. */
export interface SessionMessage extends ChosenMessage {
  readonly info: ChosenMessage["info"] & {
    readonly time: { readonly completed?: number | null | undefined };
    readonly error?: unknown;
  };
  readonly parts: readonly (ChosenMessage["parts"][number] & {
    /** Of a tool's part. */
    readonly state?: { readonly metadata?: unknown } | null | undefined;
  })[];
}

/** A message that the plugin puts into a session. */
export interface OwnMessage {
  readonly text: string;
  /** Beside the text, which is for the model alone: what the user sees of it, and the model does not. */
  readonly shown?: string;
  /** Kept with the message, and found again in it. */
  readonly metadata: OwnMetadata;
  /** Whether the model reacts at once; otherwise it sees the message at its next turn. */
  readonly wake: boolean;
  /** The agent, the model and its variant that go on. */
  readonly choice: Choice;
  /** The id that it is to have: put once more, it takes its own place. */
  readonly messageId?: string;
}

/** The sessions of opencode, as the fleet reads them and writes into them. Every call rejects when no answer comes. */
export interface HostSessions {
  /** Oldest first, back as far as is enough; `undefined` when there is no such session. */
  messages(
    sessionId: string,
    isEnough: (newest: readonly SessionMessage[]) => boolean,
  ): Promise<readonly SessionMessage[] | undefined>;
  /** What the user chose last in a session; `undefined` where only its messages tell. */
  choiceOf(sessionId: string): Choice | undefined;
  /** `false` when there is no such session. Settles when it is stored. */
  put(sessionId: string, message: OwnMessage): Promise<boolean>;
  /** The session that a session is a child of. */
  parentOf(sessionId: string): Promise<string | undefined>;
  /** The session that an agent was given, also where only opencode knows of it. */
  sessionOfAgent(agent: SoughtAgent): Promise<string | undefined>;
}
