import { readCommands, type ShellWord } from "./shell-words.ts";

const COMMANDS = [
  "cd",
  "pwd",
  "ls",
  "cat",
  "head",
  "tail",
  "wc",
  "stat",
  "du",
  "file",
  "grep",
  "rg",
  "git status",
  "git log",
  "git diff",
  "git show",
  "git blame",
  "git ls-files",
];

/** Options with which they write, or run another program. */
const WRITING_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  file: ["-C", "--compile"],
  rg: ["--pre", "--hostname-bin"],
  git: ["--output", "--ext-diff", "--textconv"],
};

/** Commands that only read, as the host's permissions match them: each command of a line on its own. */
export const READ_ONLY_COMMANDS = COMMANDS.flatMap((command) => [command, `${command} *`]);

/**
 * Ways in which a command that reads could write or run something else, as far as the host's permissions can tell. The
 * last rule that fits wins.
 */
export const NEVER_READ_ONLY = [
  "*>*",
  "*`*",
  "*$(*",
  "*<(*",
  "*--output*",
  "*--pre *",
  "*--pre=*",
  "*--hostname-bin*",
  "*--ext-diff*",
  "*--textconv*",
  "* -O*",
];

/** Whether a bash line only runs commands that read. In doubt it does not. */
export function isReadOnly(line: string): boolean {
  return readCommands(line.trim())?.every(onlyReads) ?? false;
}

function onlyReads([program, ...rest]: readonly ShellWord[]): boolean {
  if (program === undefined) return false;
  const name = program.text === "git" ? `git ${rest[0]?.text}` : program.text;
  const writing = WRITING_OPTIONS[program.text] ?? [];
  return COMMANDS.includes(name) && !rest.some((word) => mayBecomeOption(word) || isOneOf(writing, word.text));
}

/** Whether the shell may make an option of it that is not to be seen in it: by `{-a,-b}`, `--{a,b}`, `--a?`. */
function mayBecomeOption({ text, expandsAt }: ShellWord): boolean {
  if (expandsAt === undefined) return false;
  if (!text.startsWith("-")) return expandsAt === 0 && text.startsWith("{");
  const valueAt = text.indexOf("=");
  return valueAt === -1 || expandsAt < valueAt;
}

/** Whether a word is one of these options, or has it: a long one may be cut short, short ones may stand together. */
function isOneOf(options: readonly string[], word: string): boolean {
  if (!word.startsWith("-") || word === "--") return false;
  const [name = ""] = word.split("=");
  return options.some((option) =>
    option.startsWith("--")
      ? name.startsWith("--") && option.startsWith(name)
      : /^-[^-]/.test(word) && word.includes(option.slice(1)),
  );
}
