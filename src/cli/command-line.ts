import { parseArgs } from "node:util";
import { describeError } from "../lib/describe-error.ts";
import { createContext } from "./context.ts";
import { CommandError, parserOptions, type Command, type CommandInput } from "./command.ts";
import { allow, answer, deny } from "./answer-agents.ts";
import { apply, branch, diff, discard } from "./changes.ts";
import { cost } from "./cost.ts";
import { doctor } from "./doctor.ts";
import { gc } from "./gc.ts";
import { kill } from "./kill.ts";
import { logs } from "./logs.ts";
import { print } from "./print.ts";
import { ps } from "./ps.ts";
import { show } from "./show.ts";
import { worktrees } from "./worktrees.ts";

const commands: Readonly<Record<string, Command>> = {
  ...{ ps, logs, show, cost, kill, allow, deny, answer, diff, apply, branch, discard, worktrees, doctor, gc },
};

/** By how many words are taken. */
const HOW_MANY: Readonly<Record<string, string>> = { "0 1": "at most", "1 1": "exactly", "1 Infinity": "at least" };

/** Runs one command as it was typed. Settles with the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const [name = "", ...rest] = args;
  if (["", "help", "-h", "--help"].includes(name)) {
    const text = overview();
    if (name !== "") return await printUsage(text);
    process.stderr.write(text);
    return 2;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const names = Object.keys(commands).join(", ");
    throw new CommandError(`There is no command "${name}". There are: ${names}. Try --help.`, 2);
  }
  const input = read(command, rest);
  if (input.values["help"] === true) return await printUsage(usageOf(command));
  const fewest = command.takesId === true ? 1 : 0;
  const most = command.takesWords === true ? Infinity : command.takesId === false ? 0 : 1;
  if (input.positionals.length < fewest || input.positionals.length > most) {
    const what = most === 0 ? "no further words" : `${HOW_MANY[`${fewest} ${most}`]} one agent's id`;
    throw new CommandError(`${name} takes ${what}, not ${input.positionals.length}.\n${usageOf(command)}`.trimEnd(), 2);
  }
  return await command.run(createContext(), input);
}

function read(command: Command, args: readonly string[]): CommandInput {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: parserOptions(command),
      allowPositionals: true,
    });
    return { values: values as CommandInput["values"], positionals };
  } catch (error) {
    throw new CommandError(`${describeError(error)}\n${usageOf(command)}`.trimEnd(), 2);
  }
}

async function printUsage(text: string): Promise<number> {
  await print(text);
  return 0;
}

function overview(): string {
  const lines = Object.values(commands).map(({ usage, summary }) => `  ${usage.padEnd(28)}${summary}`);
  return `Usage: opencode-bizar <command>

${lines.join("\n")}

An <id> may be the start or the end of one (6 characters tell them apart; fewer are taken where one fits), or a title. The files are those of BIZAR_STATE_DIR (default:
~/.cache/bizar, or bizar in XDG_CACHE_HOME) and BIZAR_LOG_DIR. Exit code 0: done, 1: it did not work, 2: wrong use.
`;
}

function usageOf({ usage, summary, flags }: Command): string {
  const lines = Object.entries(flags).map(([name, { short, about, value }]) => {
    const names = short === undefined ? `    --${name}` : `-${short}, --${name}`;
    return `  ${`${names}${value === undefined ? "" : ` <${value}>`}`.padEnd(24)}${about}\n`;
  });
  return `Usage: opencode-bizar ${usage}\n\n${summary}\n${lines.length === 0 ? "" : "\n"}${lines.join("")}`;
}
