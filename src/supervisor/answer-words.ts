import type { Question, Reply } from "./questions.ts";

/** What a person does with a question of an agent. */
export type AnswerVerb = "allow" | "deny" | "answer";

/** Which question is meant by a command, and what is said to it. */
export type AnswerReading =
  | { readonly ok: true; readonly question: Question; readonly reply: Reply }
  | { readonly ok: false; readonly why: string };

const ID = /^q\d+$/i;

/**
 * Reads what stands behind an agent's id: which of its questions is meant, where it is not the oldest, and what is said
 * to it.
 */
export function readAnswer(verb: AnswerVerb, given: readonly string[], questions: readonly Question[]): AnswerReading {
  const [first = ""] = given;
  const named = ID.test(first) ? first.toLowerCase() : undefined;
  const words = (named === undefined ? given : given.slice(1)).join(" ").trim();
  const open = questions.filter(({ state }) => state === "open");
  const fits = verb === "answer" ? open.filter(({ kind }) => kind === "question") : open;
  const question = named === undefined ? fits[0] : open.find(({ id }) => id === named);
  if (question === undefined) return { ok: false, why: whyNone(named, questions, open) };
  switch (verb) {
    case "allow":
      return readAllow(question, words);
    case "deny":
      return { ok: true, question, reply: { kind: "no", ...(words === "" ? {} : { words }) } };
    case "answer":
      return readWords(question, words);
  }
}

/** The questions that are open, a line each, the words of agents quoted. */
export function openLines(questions: readonly Question[]): readonly string[] {
  return questions
    .filter(({ state }) => state === "open")
    .map(({ id, what, options = [] }) => {
      const choices = options.map((option, index) => `${index + 1} ${JSON.stringify(option)}`).join(", ");
      return `${id} ${JSON.stringify(what)}${choices === "" ? "" : ` (${choices})`}`;
    });
}

function readAllow(question: Question, words: string): AnswerReading {
  if (question.kind === "question") {
    return { ok: false, why: `${question.id} asks for an answer, not for a permission: use "answer".` };
  }
  if (words === "") return { ok: true, question, reply: { kind: "once" } };
  if (words.toLowerCase() === "always") return { ok: true, question, reply: { kind: "always" } };
  return { ok: false, why: `Expected "always" or nothing behind the question, got ${JSON.stringify(words)}.` };
}

function readWords(question: Question, words: string): AnswerReading {
  if (question.kind === "permission") {
    return { ok: false, why: `${question.id} asks for a permission: use "allow" or "deny".` };
  }
  if (words === "") return { ok: false, why: `Expected an answer: the number of a choice, or words of your own.` };
  const chosen = /^\d+$/.test(words) ? question.options?.[Number(words) - 1] : undefined;
  return { ok: true, question, reply: { kind: "answer", words: chosen ?? words } };
}

function whyNone(named: string | undefined, questions: readonly Question[], open: readonly Question[]): string {
  const lines = openLines(open);
  const known = questions.find(({ id }) => id === named);
  if (known !== undefined)
    return `${known.id} was answered already: ${known.state}, by ${known.answeredBy ?? "nobody"}.`;
  if (lines.length === 0) return "It asks nothing now.";
  return `It has no such question open. Open: ${lines.join("; ")}.`;
}
