import * as z from "../lib/schema.ts";
import type { Question } from "../supervisor/questions.ts";

/** A question of an agent to the user, in its record. Times are ISO 8601 in UTC. */
export const questionSchema = z.object({
  /** `q1`, `q2`, …: by this people name it. */
  id: z.string(),
  askId: z.string(),
  kind: z.enum(["permission", "question"]),
  what: z.string(),
  permission: z.optional(z.string()),
  patterns: z.optional(z.array(z.string())),
  always: z.optional(z.array(z.string())),
  options: z.optional(z.array(z.string())),
  askedAt: z.iso.datetime(),
  state: z.enum(["open", "once", "always", "no", "answer", "unanswered", "ended"]),
  answeredAt: z.nullable(z.iso.datetime()),
  answeredBy: z.nullable(z.string()),
  words: z.nullable(z.string()),
});

type RecordQuestion = z.infer<typeof questionSchema>;

/** A question as a record has it. */
export function toRecordQuestion({ patterns, always, options, ...question }: Question): RecordQuestion {
  return {
    ...question,
    ...(patterns === undefined ? {} : { patterns: [...patterns] }),
    ...(always === undefined ? {} : { always: [...always] }),
    ...(options === undefined ? {} : { options: [...options] }),
    askedAt: new Date(question.askedAt).toISOString(),
    answeredAt: question.answeredAt === null ? null : new Date(question.answeredAt).toISOString(),
  };
}

/** The questions of a record. */
export function questionsOf({ questions }: { readonly questions: readonly RecordQuestion[] }): readonly Question[] {
  return questions.map((question) => ({
    ...question,
    askedAt: Date.parse(question.askedAt),
    answeredAt: question.answeredAt === null ? null : Date.parse(question.answeredAt),
  }));
}
