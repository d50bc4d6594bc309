import type { Decision } from "../plans/plan.ts";
import type { AnswerVerb } from "../supervisor/answer-words.ts";

/** What the terminal half asks of the server half. */
export type Ask =
  /** Says that it is there; it is told where the server half is. */
  | { readonly kind: "hello" }
  /** A plan to read. */
  | { readonly kind: "plan"; readonly slug: string }
  /** The user's decision on one. */
  | { readonly kind: "decide"; readonly slug: string; readonly decision: Decision; readonly note: string }
  /** The user's answer to what an agent asks, by the words of `/bizar allow`, `deny` and `answer`. */
  | {
      readonly kind: "answer";
      readonly verb: AnswerVerb;
      readonly instanceId: string;
      readonly words: readonly string[];
    }
  /** The user quits: the agents that run are to come to their own end. */
  | { readonly kind: "finish" };

/** What is answered with the words of a command. */
export type CommandAsk = Extract<Ask, { readonly kind: "plan" | "decide" | "answer" }>;

/** What the server half says by itself. */
export type Notice =
  /** Where it keeps what it knows, who it is, and which plans wait for the user. */
  | {
      readonly kind: "here";
      readonly stateDir: string;
      readonly logDir: string;
      /** Of its plugin instance, by which its agents' records name it. */
      readonly token: string;
      readonly plans: readonly string[];
    }
  /** It is about to go. */
  | { readonly kind: "gone"; readonly token: string }
  /** A slash command was given in a session, and this is its answer. */
  | { readonly kind: "answered"; readonly command: string; readonly sessionId: string; readonly text: string };

export type HereNotice = Extract<Notice, { readonly kind: "here" }>;

/** What came of an ask: its answer as text, or why there is none. */
export type Answer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };
