import type { CommandContext } from "./command-context.ts";
import { expectWords, NotDone, onlyUser, type Subcommand } from "./subcommand.ts";
import { describeError } from "../../lib/describe-error.ts";

const ON =
  "Visual plans are on: the agent draws a plan first, and waits for your approval. /visual-plan off ends that.";
const OFF =
  "Visual plans are off: the agent works without a plan that you approve. /visual-plan on has it draw one first.";

/** `/visual-plan`: whether the agent plans first. */
export const visualPlanSubcommands: Readonly<Record<string, Subcommand<CommandContext>>> = {
  on: {
    usage: "on",
    about: "the agent draws a plan first and waits for you",
    run: async (...given) => await set(true, ...given),
  },
  off: { usage: "off", about: "the agent works as always", run: async (...given) => await set(false, ...given) },
  status: {
    usage: "status",
    about: "which of the two it is",
    async run({ settings }, words) {
      expectWords(words, 0, 0);
      return (await settings.read()).visualPlan ? ON : OFF;
    },
  },
};

async function set(visualPlan: boolean, context: CommandContext, words: readonly string[]): Promise<string> {
  expectWords(words, 0, 0);
  onlyUser(context, "Only the user turns visual plans on or off.");
  const { settings } = context;
  try {
    await settings.change({ visualPlan });
  } catch (error) {
    throw new NotDone(`${settings.path} could not be written, so nothing has changed: ${describeError(error)}`);
  }
  return visualPlan ? ON : OFF;
}
