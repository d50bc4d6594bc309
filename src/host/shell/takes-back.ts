/** Commands of git that put other contents, or another commit, into the working tree of everybody. */
const TAKING_BACK = new Set(["stash", "checkout", "switch", "restore", "reset", "clean", "rebase"]);
/** Options of git before its command that take the word behind them. */
const VALUED = new Set(["-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env"]);
/** Programs that run the words behind them as a command, or a text of shell. */
const SHELLS = new Set(["sh", "bash", "zsh", "dash", "ksh"]);
/** Programs that run the words behind them. */
const WRAPPERS = new Set(
  "env command builtin exec nohup time sudo doas xargs timeout nice ionice setsid stdbuf find parallel watch strace".split(
    " ",
  ),
);
const GETTERS = ["parts", "script", "value"];
const LONGEST_LINE = 100_000;
const DEEPEST = 5;

/**
 * The command of git in a bash line that takes back what stands in the folder, as `git stash`; `undefined` where there is
 * none. It is found in groups, loops, substitutions, behind other programs (`env`, `timeout`) and in `sh -c "…"`. Where
 * the line cannot be read, none is found: nothing is refused without a reason.
 */
export async function commandTakingBack(line: string, depth = 0): Promise<string | undefined> {
  // No grammar is loaded for a line that does not name git.
  if (!line.includes("git") || line.length > LONGEST_LINE || depth > DEEPEST) return undefined;
  const { parse } = await import("unbash");
  const lists: string[][] = [];
  collect(parse(line), lists);
  for (const words of lists) {
    const found = takenBack(words) ?? (await inText(words, depth));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The words of every command in a parsed script, whatever it stands in. */
function collect(node: unknown, lists: string[][]): void {
  if (Array.isArray(node)) {
    for (const each of node) collect(each, lists);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  if (Reflect.get(node, "type") === "Command") {
    const suffix: unknown = Reflect.get(node, "suffix");
    const words = [Reflect.get(node, "name"), ...(Array.isArray(suffix) ? (suffix as unknown[]) : [])];
    lists.push(words.flatMap(wordText));
  }
  // Some nodes give their parts by a getter of their class, which is no property of their own.
  const given = GETTERS.map((name): unknown => Reflect.get(node, name));
  for (const value of new Set<unknown>([...Object.values(node), ...given])) collect(value, lists);
}

function wordText(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  const type: unknown = Reflect.get(node, "type");
  const value: unknown = Reflect.get(node, "value");
  return (type === undefined || type === "Word") && typeof value === "string" ? [value] : [];
}

/** `git` may stand behind programs that run it. */
function takenBack(words: readonly string[]): string | undefined {
  const at = words.findIndex(isGit);
  if (at === -1 || (at > 0 && !WRAPPERS.has(nameOf(words[0])))) return undefined;
  return ofGit(words.slice(at + 1));
}

function isGit(word: string): boolean {
  return nameOf(word) === "git";
}

/** The name of a program without its folder. */
function nameOf(word = ""): string {
  return word.slice(word.lastIndexOf("/") + 1);
}

function ofGit(words: readonly string[]): string | undefined {
  let at = 0;
  while (at < words.length && words[at]!.startsWith("-")) at += VALUED.has(words[at]!) ? 2 : 1;
  const [command = "", ...rest] = words.slice(at);
  if (!TAKING_BACK.has(command) || onlyReads(command, rest)) return undefined;
  return `git ${command}`;
}

function onlyReads(command: string, rest: readonly string[]): boolean {
  const end = rest.indexOf("--");
  const options = end === -1 ? rest : rest.slice(0, end);
  if (options.some((word) => word === "--help" || word === "-h")) return true;
  if (command === "stash") return rest[0] === "list" || rest[0] === "show";
  if (command === "clean") return options.some((word) => word === "--dry-run" || /^-[a-zA-Z]*n/.test(word));
  return command === "rebase" && options.includes("--show-current-patch");
}

/** `sh -c "…"`, `eval …`, behind whatever they stand. */
async function inText(words: readonly string[], depth: number): Promise<string | undefined> {
  for (const [at, word] of words.entries()) {
    if (word === "eval") return await commandTakingBack(words.slice(at + 1).join(" "), depth + 1);
    if (!SHELLS.has(nameOf(word))) continue;
    const option = words.findIndex((each, index) => index > at && /^-[a-zA-Z]*c$/.test(each));
    if (option === -1) continue;
    const found = await commandTakingBack(words[option + 1] ?? "", depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
