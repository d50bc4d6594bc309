/** A command of git that takes back what stands in a working tree. */
export interface TakingBack {
  /** As `git stash`, or `git merge --abort`. */
  readonly command: string;
  /** Where it does so, each seen from the one before; empty: where the line runs. */
  readonly folders: readonly string[];
}

/** What of a call takes something back: an option, or nothing more than the command; `undefined` where nothing does. */
type Judge = (rest: readonly string[]) => string | undefined;

const always: Judge = () => "";
/** Only with one of these options. */
const onlyWith =
  (...options: readonly string[]): Judge =>
  (rest) =>
    options.find((option) => has(rest, option));
const unless =
  (judge: Judge, ...options: readonly string[]): Judge =>
  (rest) =>
    options.some((option) => has(rest, option)) ? undefined : judge(rest);
/** Only with one of these commands of its own. */
const doing =
  (...commands: readonly string[]): Judge =>
  ([first = ""]) =>
    commands.includes(first) ? first : undefined;

/** Without `--abort` git does not begin where it would have to put something over what is not committed. */
const stopping = onlyWith("--abort", "--skip", "--autostash");
const READS_APPLY = ["--check", "--stat", "--numstat", "--summary", "--cached"];
const NO_REBASE = /^--rebase=(?:false|no|off|0)$/;
const KEEPS_STASH = new Set(["list", "show", "create", "store"]);

const JUDGES: Readonly<Record<string, Judge>> = {
  stash: ([first = ""]) => (KEEPS_STASH.has(first) ? undefined : ""),
  checkout: always,
  switch: always,
  restore: always,
  reset: always,
  clean: unless(always, "--dry-run", "-n"),
  rebase: unless(always, "--show-current-patch"),
  "filter-branch": always,
  pull: (rest) => onlyWith("--rebase", "-r", "--autostash")(rest.filter((word) => !NO_REBASE.test(word))),
  merge: stopping,
  am: stopping,
  "cherry-pick": stopping,
  revert: stopping,
  apply: unless(onlyWith("--reverse", "-R"), ...READS_APPLY),
  rm: unless(onlyWith("--force", "-f"), "--cached", "--dry-run", "-n"),
  "checkout-index": onlyWith("--force", "-f"),
  "read-tree": onlyWith("-u", "--reset"),
  bisect: doing("start", "bad", "new", "good", "old", "skip", "reset", "next", "replay", "run"),
  submodule: (rest) => (doing("update", "deinit")(rest) === undefined ? undefined : onlyWith("--force", "-f")(rest)),
  // Once, it removes a copy with what was built in it; twice, also one that somebody has locked.
  worktree: ([first, ...rest]) => (first === "remove" && forces(rest) > 1 ? "remove --force --force" : undefined),
};

/** Options of git before its command that take the word behind them. */
const VALUED = new Set(["-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env"]);
const ALIAS = /^alias\.[^=]+=(.*)$/s;
const STASHES = /^(?:rebase|merge)\.autostash=(?!false|no|off|0)|^pull\.rebase=(?!false|no|off|0)/i;
/** Short options of these commands that take no word. */
const FLAGS = /^-[adfinqrRuvxX]+/;
/** An option may be written short, as long as it is no other one. */
const SHORTEST_OPTION = "--ab".length;
/** What the shell makes something else of. */
const EXPANDS = /[$`*?[\]{}~]/;

/**
 * What a call of git takes back; `undefined` where nothing.
 *
 * @param words what stands behind `git`
 * @returns also the text of a shell where an alias has one
 */
export function gitTakesBack(words: readonly string[]): TakingBack | { readonly text: string } | undefined {
  const folders: string[] = [];
  const settings: string[] = [];
  let at = 0;
  for (; at < words.length && words[at]!.startsWith("-"); at += VALUED.has(words[at]!) ? 2 : 1) {
    const value = words[at + 1] ?? "";
    if (words[at] === "-C" || words[at] === "--work-tree") folders.push(value);
    if (words[at] === "-c") settings.push(value);
  }
  const alias = settings.map((setting) => ALIAS.exec(setting)?.[1]).find((value) => value !== undefined);
  if (alias !== undefined) return { text: alias.startsWith("!") ? alias.slice(1) : `git ${alias}` };
  const [name = "", ...rest] = words.slice(at);
  const option = judged(name, rest, settings);
  if (option === undefined) return undefined;
  const command = ["git", name, option].filter((word) => word !== "").join(" ");
  // Where a folder is not to be made out, it may be this one.
  return { command, folders: folders.some((folder) => EXPANDS.test(folder)) ? [] : folders };
}

function judged(name: string, rest: readonly string[], settings: readonly string[]): string | undefined {
  const judge = Object.hasOwn(JUDGES, name) ? JUDGES[name] : undefined;
  if (judge === undefined || rest.includes("--help") || rest.includes("-h")) return undefined;
  const isConfigured = (name === "pull" || name === "merge") && settings.some((setting) => STASHES.test(setting));
  return judge(rest) ?? (isConfigured ? "" : undefined);
}

function forces(rest: readonly string[]): number {
  return rest.filter((word) => word === "--force" || word === "-f").length + (rest.includes("-ff") ? 2 : 0);
}

/** Whether an option is among words: a short one also among others, a long one also with a value, or short of its end. */
function has(words: readonly string[], option: string): boolean {
  const end = words.indexOf("--");
  const options = end === -1 ? words : words.slice(0, end);
  if (!option.startsWith("--")) return options.some((word) => FLAGS.exec(word)?.[0].includes(option.slice(1)));
  return options.some((word) => {
    const [name = ""] = word.split("=");
    return name.length >= SHORTEST_OPTION && option.startsWith(name);
  });
}
