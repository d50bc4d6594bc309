import { CommandError, type Command, type CommandContext } from "./command.ts";
import { choice, CHOICE_FLAGS } from "./choice.ts";
import { findRecord } from "./find-record.ts";
import { followAll, followOne, GAP } from "./follow-logs.ts";
import { LogLabels } from "./log-labels.ts";
import { LogReader, type LogChoice } from "./log-reader.ts";

/** `logs`: the log of one agent, from its oldest part that is kept, or of all that are at work. */
export const logs: Command = {
  usage: "logs [<id>] [-f] [-n 20]",
  summary: "Prints the log of one agent, or of all that are at work.",
  takesId: "maybe",
  flags: {
    follow: { short: "f", about: "goes on, through rotations, until the agent has ended; without an id for ever" },
    lines: { short: "n", value: "count", about: "only so many of the last lines" },
    all: { short: "a", about: "also opencode's own log lines" },
    ...CHOICE_FLAGS,
  },
  async run(context, { values, positionals: [id] }) {
    const how = { all: values["all"] === true, last: lastLines(values["lines"]) };
    const isFollowed = values["follow"] === true;
    if (id !== undefined) {
      const chosenBy = Object.keys(CHOICE_FLAGS).find((name) => values[name] !== undefined);
      if (chosenBy !== undefined) throw new CommandError(`--${chosenBy} chooses among agents: give no id with it.`, 2);
      const record = await findRecord(context, id);
      if (isFollowed) await followOne(context, record, how);
      else await printOnce(context, record.logPath, how, (line) => `${line}\n`);
      return 0;
    }
    const isChosen = choice({ ...values, all: false });
    if (isFollowed) return await followAll(context, isChosen, how);
    const chosen = (await context.records.list()).filter(isChosen);
    if (chosen.length === 0) context.warn("no such agent is at work; name the one whose log you want");
    const labels = new LogLabels(context.colours);
    for (const record of chosen) await printOnce(context, record.logPath, how, (line) => labels.of(record, line));
    return 0;
  },
};

async function printOnce(
  { print, warn }: CommandContext,
  path: string,
  how: LogChoice,
  shown: (line: string) => string,
): Promise<void> {
  const reader = new LogReader(path, how);
  const take = async (lines: readonly string[]) => await print(lines.map(shown).join(""));
  try {
    if (await reader.readToEnd(take)) warn(GAP);
  } finally {
    await reader.close();
  }
}

function lastLines(given: string | boolean | undefined): number | undefined {
  if (typeof given !== "string") return undefined;
  if (!/^\d{1,9}$/.test(given)) throw new CommandError(`-n takes a whole number, not ${JSON.stringify(given)}.`, 2);
  return Number(given);
}
