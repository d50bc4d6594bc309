import type { Script } from "unbash";
import { gitTakesBack, type TakingBack } from "./git-taking-back.ts";
import { listOf, nameOf, nodesOf, SHELLS, textsIn, wordsOf, wordText } from "./shell-nodes.ts";

/** Programs that run the words behind them. */
const WRAPPERS = new Set(
  `env command builtin exec nohup time sudo doas xargs timeout nice ionice setsid stdbuf find parallel watch strace flock
   chrt taskset unshare`.split(/\s+/),
);
const SAYING = new Set(["echo", "printf"]);
const MOVING = new Set(["cd", "pushd", "popd"]);
const LONGEST_LINE = 100_000;
const DEEPEST = 5;
/** What the shell makes something else of. */
const EXPANDS = /[$`*?[\]{}~]|^-/;

/** What a line runs: the words of each command, and texts that are run as lines. */
interface Found {
  readonly commands: string[][];
  readonly texts: string[];
}

/**
 * What a bash line takes back of what stands in a working tree. It is found in groups, loops, substitutions, behind other
 * programs (`env`, `timeout`) and in texts of shell (`sh -c "…"`, a document, a pipe). Where the line cannot be read,
 * nothing is found: nothing is refused without a reason.
 */
export async function commandsTakingBack(line: string, depth = 0): Promise<readonly TakingBack[]> {
  // No grammar is loaded for a line that does not name one of the two.
  if (!/git|patch/.test(line) || line.length > LONGEST_LINE || depth > DEEPEST) return [];
  const { parse } = await import("unbash");
  const script = parse(line);
  const found: Found = { commands: [], texts: [] };
  collect(script, found);
  const taking: TakingBack[] = [];
  for (const words of found.commands) {
    const taken = takenBack(words);
    if (taken !== undefined && "text" in taken) found.texts.push(taken.text);
    else if (taken !== undefined) taking.push(taken);
    found.texts.push(...textsIn(words));
  }
  for (const text of found.texts) taking.push(...(await commandsTakingBack(text, depth + 1)));
  const inside = entered(script, found.commands);
  return taking.map(({ command, folders }) => ({ command, folders: [...inside, ...folders] }));
}

/** Takes in what a parsed script runs. */
function collect(script: unknown, found: Found): void {
  for (const node of nodesOf(script)) {
    const type: unknown = Reflect.get(node, "type");
    if (type === "Command") found.commands.push(wordsOf(node));
    if (type === "Command" && SHELLS.has(nameOf(wordsOf(node)[0]))) found.texts.push(...documentsOf(node));
    if (type === "Pipeline") found.texts.push(...pipedTexts(listOf(node, "commands")));
  }
}

/** The documents that a command is given as its input. */
function documentsOf(command: object): string[] {
  return [...listOf(command, "prefix"), ...listOf(command, "suffix")].flatMap((part) => {
    if (typeof part !== "object" || part === null) return [];
    const type: unknown = Reflect.get(part, "type");
    if (type === "HereString") return wordText(Reflect.get(part, "target"));
    const body: unknown = type === "HereDoc" ? Reflect.get(part, "body") : undefined;
    const text: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "text") : undefined;
    return typeof text === "string" ? [text] : [];
  });
}

/** What is said into a shell that reads what to run. */
function pipedTexts(commands: readonly unknown[]): string[] {
  return commands.flatMap((command, index) => {
    const before = commands[index - 1];
    if (typeof command !== "object" || command === null || typeof before !== "object" || before === null) return [];
    const [name, ...rest] = wordsOf(command);
    if (!SHELLS.has(nameOf(name)) || rest.some((word) => !word.startsWith("-"))) return [];
    const [sayer, ...words] = wordsOf(before);
    return [...documentsOf(before), ...(SAYING.has(nameOf(sayer)) ? [words.join(" ")] : [])];
  });
}

/** `git` may stand behind programs that run it. */
function takenBack(words: readonly string[]): ReturnType<typeof gitTakesBack> {
  const isRun = (at: number) => at === 0 || (at > 0 && WRAPPERS.has(nameOf(words[0])));
  const git = words.findIndex((word) => nameOf(word) === "git");
  if (isRun(git)) return gitTakesBack(words.slice(git + 1));
  const patch = words.findIndex((word) => nameOf(word) === "patch");
  const isReverse = words.slice(patch + 1).some((word) => word === "--reverse" || /^-[a-zA-Z\d]*R/.test(word));
  return isRun(patch) && isReverse ? { command: "patch --reverse", folders: [] } : undefined;
}

/** The folder that all of a line works in: `cd there && …`, where nothing runs without that. */
function entered({ commands: [statement, ...more] }: Script, all: readonly (readonly string[])[]): readonly string[] {
  const { command, background } = statement ?? {};
  if (command?.type !== "AndOr" || background === true || more.length > 0) return [];
  const [first] = command.commands;
  const [name, folder = "", ...others] = first?.type === "Command" ? wordsOf(first) : [];
  const isPlain = name === "cd" && folder !== "" && others.length === 0 && !EXPANDS.test(folder);
  const isOnce = all.filter((words) => MOVING.has(words[0] ?? "")).length === 1;
  return isPlain && isOnce && command.operators.every((operator) => operator === "&&") ? [folder] : [];
}
