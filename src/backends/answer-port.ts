import type { Reply } from "../supervisor/questions.ts";

/** How the user's answers reach the plugin inside an agent's own opencode. */
export interface AnswerPort {
  /** Whether the user is asked at all. */
  readonly asks: boolean;
  /** How long a question waits, in milliseconds. */
  readonly waitMs: number;
  /** Leaves an answer for the opencode that has this nonce. Never throws. */
  give(instanceId: string, nonce: string, askId: string, reply: Reply): void;
  /** The turn is over. Never throws. */
  clear(instanceId: string): void;
}
