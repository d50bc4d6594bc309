import { isText, oneOf, orAbsent, shape } from "../lib/shape.ts";

/** What an agent asks the user: for a permission, or for something that only they know. */
export interface Asked {
  /** The backend's own id of it. */
  readonly askId: string;
  readonly kind: "permission" | "question";
  /** In a line ("bash: git push"), or the question in words. Data of a model: whoever shows it quotes it. */
  readonly what: string;
  /** Of a permission its name, what it is for, and what an answer of "always" would allow. */
  readonly permission?: string | undefined;
  readonly patterns?: readonly string[] | undefined;
  readonly always?: readonly string[] | undefined;
  /** Of a question the answers to choose from; words of one's own are always possible. */
  readonly options?: readonly string[] | undefined;
}

/** What an agent tells the session that asked for it. */
export interface Said {
  readonly text: string;
  /** It is to react at once. */
  readonly wake: boolean;
}

/** How often an agent may do that in a run. */
export const MOST_SAID = 5;

/** What comes back. */
export type Reply =
  | { readonly kind: "once" }
  /** For this agent and its follow-ups. */
  | { readonly kind: "always" }
  | { readonly kind: "no"; readonly words?: string | undefined }
  | { readonly kind: "answer"; readonly words: string }
  /** Nobody has answered in time. */
  | { readonly kind: "unanswered" };

/** As it travels to the agent's own opencode. */
export const isReply = shape({ kind: oneOf("once", "always", "no", "answer", "unanswered"), words: orAbsent(isText) });

/** A question with what came of it. Times in milliseconds since the epoch. */
export interface Question extends Asked {
  /** `q1`, `q2`, …: by this people name it. */
  readonly id: string;
  readonly askedAt: number;
  /** `ended`: the turn was over first. */
  readonly state: "open" | "once" | "always" | "no" | "answer" | "unanswered" | "ended";
  readonly answeredAt: number | null;
  /** Who answered, and where; `null` while nobody has. */
  readonly answeredBy: string | null;
  /** What was said with a no, or for an answer. */
  readonly words: string | null;
}

/** What the user has allowed an agent for good. */
export interface Allowed {
  readonly permission: string;
  /** As opencode's own rules have it, with `*` and `?`. */
  readonly pattern: string;
}

/** What became of an answer. */
export type AnswerOutcome = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** More of them are forgotten, the oldest first. */
const MOST_KEPT = 50;

/** The questions with a new one; the same where it is known already. */
export function withAsked(questions: readonly Question[], asked: Asked, at: number): readonly Question[] {
  if (questions.some(({ askId }) => askId === asked.askId)) return questions;
  const last = Number(questions.at(-1)?.id.slice(1) ?? 0);
  const unanswered = { state: "open", answeredAt: null, answeredBy: null, words: null } as const;
  return [...questions, { ...asked, id: `q${last + 1}`, askedAt: at, ...unanswered }].slice(-MOST_KEPT);
}

/** The questions with one answered. */
export function withReply(
  questions: readonly Question[],
  askId: string,
  reply: Reply,
  by: string,
  at: number,
): readonly Question[] {
  return questions.map((question) => {
    if (question.askId !== askId || question.state !== "open") return question;
    const words = "words" in reply ? (reply.words ?? null) : null;
    return { ...question, state: reply.kind, answeredAt: at, answeredBy: by, words };
  });
}

/** The questions of a turn that is over: what is open yet was not allowed. */
export function withoutOpen(questions: readonly Question[], at: number): readonly Question[] {
  return questions.map((question) =>
    question.state === "open" ? { ...question, state: "ended", answeredAt: at, answeredBy: "nobody" } : question,
  );
}

/** What an answer of "always" to a question allows from now on. */
export function allowedBy({ permission, patterns = [], always = [] }: Asked): readonly Allowed[] {
  if (permission === undefined) return [];
  return (always.length > 0 ? always : patterns).map((pattern) => ({ permission, pattern }));
}
