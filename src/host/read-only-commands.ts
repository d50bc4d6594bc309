/** Commands that only read; every command of a line is judged on its own. */
export const READ_ONLY_COMMANDS = [
  "pwd",
  "ls",
  "ls *",
  "cat *",
  "head *",
  "tail *",
  "wc *",
  "stat *",
  "du *",
  "file *",
  "grep *",
  "rg *",
  "git status",
  "git status *",
  "git log",
  "git log *",
  "git diff",
  "git diff *",
  "git show",
  "git show *",
  "git blame *",
  "git ls-files",
  "git ls-files *",
];

/** Ways in which a command that reads could write or run something else. The last rule that fits wins. */
export const NEVER_READ_ONLY = [
  "*>*",
  "*`*",
  "*$(*",
  "*<(*",
  "*--output*",
  "*--pre*",
  "*--hostname-bin*",
  "*--ext-diff*",
  "*--textconv*",
  "* -O*",
];

/** Whether each command of a bash line only reads, as far as its words tell. In doubt it does not. */
export function isReadOnly(line: string): boolean {
  // The shell takes quotes and backslashes out of a word, also in the middle.
  const unquoted = line.replaceAll(/["'\\]/g, "");
  if (NEVER_READ_ONLY.some((pattern) => matches(line, pattern) || matches(unquoted, pattern))) return false;
  const commands = line.split(/\|\||&&|[|;\n]/).map((command) => command.trim());
  // A single & leaves something running, whatever stands before it.
  if (line.replaceAll("&&", "").includes("&")) return false;
  return commands.every((command) => READ_ONLY_COMMANDS.some((pattern) => matches(command, pattern)));
}

/** As the host's permissions match: `*` is anything. */
function matches(text: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(text);
}
