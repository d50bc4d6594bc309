import { describeError } from "../../lib/describe-error.ts";
import { plainText } from "../../text/plain-text.ts";
import { shorten } from "../../text/shorten.ts";
import { bizarSubcommands } from "./bizar.ts";
import type { CommandContext } from "./command-context.ts";
import type { CommandName } from "./command-names.ts";
import { planSubcommands } from "./plan.ts";
import { runSubcommand, usageOf } from "./subcommand.ts";
import { visualPlanSubcommands } from "./visual-plan.ts";
import { readWords } from "./words.ts";
import { unreachable } from "../../lib/unreachable.ts";

/** More than anybody reads in a message. */
const MOST_CHARACTERS = 30_000;

/** What a command answers. Never rejects. */
export async function answerCommand(context: CommandContext, name: CommandName, argumentText: string): Promise<string> {
  try {
    const reading = readWords(argumentText);
    const answer = reading.ok ? await run(context, name, reading.words) : `/${name}: ${reading.error}`;
    // A terminal must not obey what a model or a file says.
    return shorten(plainText(answer), MOST_CHARACTERS);
  } catch (error) {
    return shorten(plainText(`/${name} did not work: ${describeError(error)}`), MOST_CHARACTERS);
  }
}

async function run(context: CommandContext, name: CommandName, words: readonly string[]): Promise<string> {
  switch (name) {
    case "plan":
      return words.length === 0
        ? usageOf(name, planSubcommands)
        : await runSubcommand(name, planSubcommands, context, words);
    case "visual-plan":
      return await runSubcommand(name, visualPlanSubcommands, context, words.length === 0 ? ["status"] : words);
    case "bizar":
      return await runSubcommand(name, bizarSubcommands, context, words.length === 0 ? ["list"] : words);
    default:
      return unreachable(name);
  }
}
