import { readPlainCommands, type PlainCommand, type Refusal, type ShellWord } from "./plain-commands.ts";
import { GIT_COMMANDS, PROGRAMS, type Program } from "./programs.ts";

/** A command of a line that only reads. */
export interface ReadingCommand extends PlainCommand {
  readonly program: Program;
  /** The words behind the name, of git behind that of its command. */
  readonly rest: readonly ShellWord[];
}

/** What a bash line that only runs commands that read consists of, or what of it is more than that. In doubt it is. */
export async function readReadingCommands(line: string): Promise<readonly ReadingCommand[] | Refusal> {
  const commands = await readPlainCommands(line);
  if ("why" in commands) return commands;
  if (commands.length === 0) return { word: line, why: "is no command" };
  const reading: ReadingCommand[] = [];
  for (const command of commands) {
    const found = readingCommand(command);
    if ("why" in found) return found;
    reading.push(found);
  }
  return reading;
}

/** Whether a bash line only runs commands that read. */
export async function onlyReads(line: string): Promise<boolean> {
  return !("why" in (await readReadingCommands(line)));
}

/** Options of git itself that change nothing. */
const GIT_OPTIONS = new Set(["--no-pager", "-P", "--no-optional-locks"]);

function readingCommand(command: PlainCommand): ReadingCommand | Refusal {
  const [name, ...others] = command.words;
  const isGit = name?.text === "git";
  const rest = isGit ? others.slice(1 + others.findLastIndex(({ text }, at) => isGitOption(others, text, at))) : others;
  const said = isGit ? rest[0] : name;
  const program = said === undefined ? undefined : (isGit ? GIT_COMMANDS : PROGRAMS).get(said.text);
  if (name === undefined || said === undefined || program === undefined) {
    return {
      word: [name, isGit ? said : undefined]
        .map((word) => word?.text ?? "")
        .join(" ")
        .trim(),
      why: "is none of them",
    };
  }
  const words = isGit ? rest.slice(1) : rest;
  return wrongWord(program, words) ?? { ...command, program, rest: words };
}

function isGitOption(words: readonly ShellWord[], text: string, at: number): boolean {
  return GIT_OPTIONS.has(text) && words.slice(0, at).every((word) => GIT_OPTIONS.has(word.text));
}

function wrongWord({ refusedOptions, valued = "", check }: Program, words: readonly ShellWord[]): Refusal | undefined {
  // An option of a program that has none to be feared may come from anywhere.
  if (refusedOptions === undefined && check === undefined) return undefined;
  const end = words.findIndex(({ text }) => text === "--");
  const options = end === -1 ? words : words.slice(0, end);
  for (const word of options) {
    if (mayBecomeOption(word)) {
      return { word: word.text, why: "may become an option: put -- or ./ before it, or quotes around it" };
    }
    if (isOneOf(refusedOptions ?? [], withoutValue(word.text, valued)))
      return { word: word.text, why: "may write, or run another program" };
  }
  return check?.(words);
}

/** Whether the shell may make an option of it that is not to be seen in it: by `*`, `{-a,-b}`, `--{a,b}`, `--a?`. */
function mayBecomeOption({ text, expandsAt }: ShellWord): boolean {
  if (expandsAt === undefined) return false;
  if (!text.startsWith("-")) return expandsAt === 0;
  const valueAt = text.indexOf("=");
  return valueAt === -1 || expandsAt < valueAt;
}

/** Long options that begin like a refused one, and are none. */
const HARMLESS = new Set(["--text"]);

/** Short options up to the first that takes what follows for its value. */
function withoutValue(word: string, valued: string): string {
  const at = /^-[^-]/.test(word) ? word.split("").findIndex((letter) => valued.includes(letter)) : -1;
  return at === -1 ? word : word.slice(0, at + 1);
}

/** Whether a word is one of these options, or has it: a long one may be cut short, short ones may stand together. */
function isOneOf(options: readonly string[], word: string): boolean {
  const [name = ""] = word.split("=");
  if (!word.startsWith("-") || HARMLESS.has(name)) return false;
  return options.some((option) =>
    option.startsWith("--")
      ? name.startsWith("--") && name.length > 2 && option.startsWith(name)
      : /^-[^-]/.test(word) && word.includes(option.slice(1)),
  );
}
