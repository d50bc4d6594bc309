import { openLines, readAnswer, type AnswerVerb } from "../../supervisor/answer-words.ts";
import { questionsOf } from "../../store/record-questions.ts";
import { plainName } from "../../text/plain-name.ts";
import type { CommandContext } from "./command-context.ts";
import { meantAgent } from "./meant-agent.ts";
import { expectWords, NotDone, WrongUse, type Subcommand } from "./subcommand.ts";

/** `/bizar allow | deny | answer`: what agents ask the user. */
export const answerSubcommands: Readonly<Record<string, Subcommand<CommandContext>>> = {
  allow: {
    usage: "allow <id> [always]",
    about: "gives an agent the permission that it asks for: this once, or for good",
    run: async (context, words) => await giveAnswer(context, "allow", words),
  },
  deny: {
    usage: "deny <id> [words]",
    about: "refuses it; your words tell the agent what to do instead",
    run: async (context, words) => await giveAnswer(context, "deny", words),
  },
  answer: {
    usage: "answer <id> <choice or words>",
    about: "answers a question of an agent",
    run: async (context, words) => await giveAnswer(context, "answer", words),
  },
};

/** Gives an agent the user's answer, as `/bizar allow`, `deny` or `answer` with these words. */
export async function giveAnswer(
  context: CommandContext,
  verb: AnswerVerb,
  [given = "", ...words]: readonly string[],
): Promise<string> {
  expectWords(given === "" ? [] : [given], 1, 1);
  const { record } = await meantAgent(context, [given]);
  const agent = `${plainName(record.agent)} ${record.instanceId}`;
  const questions = questionsOf(record);
  const reading = readAnswer(verb, words, questions);
  if (!reading.ok) throw new WrongUse(`${agent}: ${reading.why}`);
  const act = context.whoseAct();
  if (act.by !== "person") {
    const where = `The terminal UI asks them, and "opencode-bizar ${verb} ${record.instanceId}" does in a terminal of theirs`;
    throw new NotDone(`${act.why} Only the user answers what agents ask. ${where}.`);
  }
  const { question, reply } = reading;
  const { answer } = await context.fleet();
  const outcome = await answer(record.instanceId, {
    questionId: question.id,
    reply,
    by: `the user, by /bizar ${verb}`,
  });
  if (!outcome.ok) throw new NotDone(`${agent}: ${outcome.why}`);
  const rest = openLines(questions.filter(({ id }) => id !== question.id));
  const more = rest.length === 0 ? "" : ` It also asks: ${rest.join("; ")}.`;
  return `${agent}: ${reply.kind} for ${JSON.stringify(question.what)}.${more}`;
}
