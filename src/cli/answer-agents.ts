import { askOwner } from "../store/ask-owner.ts";
import { questionsOf } from "../store/record-questions.ts";
import { openLines, readAnswer, type AnswerVerb } from "../supervisor/answer-words.ts";
import { CommandError, type Command, type CommandContext } from "./command.ts";
import { findRecord } from "./find-record.ts";

/** `allow`: gives an agent the permission that it asks for. */
export const allow: Command = answers(
  "allow",
  "allow <id> [always]",
  "Gives an agent the permission that it asks for.",
);

/** `deny`: refuses it. */
export const deny: Command = answers("deny", "deny <id> [words]", "Refuses it; your words tell the agent why.");

/** `answer`: answers a question of an agent. */
export const answer: Command = answers("answer", "answer <id> <words>", "Answers a question of an agent.");

function answers(verb: AnswerVerb, usage: string, summary: string): Command {
  return {
    ...{ usage, summary, takesId: true, takesWords: true, flags: {} },
    run: async (context, { positionals: [id = "", ...words] }) => await give(context, verb, id, words),
  };
}

async function give(context: CommandContext, verb: AnswerVerb, id: string, words: readonly string[]): Promise<number> {
  const record = await findRecord(context, id);
  const { instanceId, supervisor } = record;
  const act = context.whoseAct();
  if (act.by !== "person") {
    throw new CommandError(`${act.why} Only the user answers what agents ask: in the terminal UI, or in a terminal.`);
  }
  const questions = questionsOf(record);
  const reading = readAnswer(verb, words, questions);
  if (!reading.ok) throw new CommandError(`${instanceId}: ${reading.why}`);
  const { question, reply } = reading;
  const by = `the user, by opencode-bizar ${verb}`;
  const outcome = await askOwner(context, instanceId, { kind: "answer", questionId: question.id, reply, by });
  if (!outcome.ok) {
    throw new CommandError(
      `${instanceId} has not got it (its opencode is process ${supervisor.pid}). ${outcome.error}`,
    );
  }
  await context.print(`${instanceId}: ${reply.kind} for ${JSON.stringify(question.what)}\n`);
  for (const line of openLines(questions.filter((each) => each.id !== question.id)))
    context.warn(`it also asks ${line}`);
  return 0;
}
