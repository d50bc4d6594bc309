import type { Refusal, ShellWord } from "./plain-commands.ts";
import {
  checkBranch,
  checkDate,
  checkFind,
  checkJq,
  checkLists,
  checkSed,
  checkStrings,
  checkTag,
  checkUniq,
} from "./program-checks.ts";

/** What a program that reads may be given. */
export interface Program {
  /** Options with which it writes, or runs another program. */
  readonly refusedOptions?: readonly string[];
  /** Short options that take the rest of their word for a value. */
  readonly valued?: string;
  /** Finds what else may make it write, among its words. */
  readonly check?: (words: readonly ShellWord[]) => Refusal | undefined;
  /**
   * What its operands name: files whose content it shows; the same, but for the first, a pattern or a script; or places
   * of which it tells no content. Nothing: they are no names of files.
   */
  readonly names?: "files" | "files after the first" | "places";
}

const FILES: Program = { names: "files" };
const PLACES: Program = { names: "places" };
const NO_NAMES: Program = {};

/** Programs that only read, and the git commands. `test`, `printf` and the like are not: what they count, a shell may run. */
export const PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ["cd", PLACES],
  ["pwd", NO_NAMES],
  ["echo", NO_NAMES],
  ["true", NO_NAMES],
  ["which", NO_NAMES],
  ["basename", NO_NAMES],
  ["dirname", NO_NAMES],
  ["seq", NO_NAMES],
  ["tr", NO_NAMES],
  ["uname", NO_NAMES],
  ["date", { check: checkDate }],
  ["ls", PLACES],
  ["stat", PLACES],
  ["du", { names: "places", check: checkLists(/^--f/) }],
  ["df", PLACES],
  ["realpath", PLACES],
  ["readlink", PLACES],
  ["tree", { names: "places", refusedOptions: ["-o", "-R", "--output"], check: checkLists(/^--from/) }],
  ["find", { names: "places", check: checkFind }],
  ["cat", FILES],
  ["head", FILES],
  ["tail", FILES],
  ["wc", FILES],
  ["nl", FILES],
  ["tac", FILES],
  ["rev", FILES],
  ["cut", FILES],
  ["paste", FILES],
  ["fold", FILES],
  ["column", FILES],
  ["comm", FILES],
  ["cmp", FILES],
  ["strings", { names: "files", check: checkStrings }],
  ["md5sum", FILES],
  ["sha256sum", FILES],
  ["diff", { names: "files", refusedOptions: ["-l", "--paginate"] }],
  [
    "file",
    { names: "files", refusedOptions: ["-C", "--compile", "-z", "-Z", "--uncompress", "--uncompress-noreport"] },
  ],
  [
    "sort",
    {
      names: "files",
      refusedOptions: ["-o", "--output", "-T", "--temporary-directory", "--compress-program"],
      valued: "kSt",
    },
  ],
  ["uniq", { names: "files", check: checkUniq }],
  ["sed", { names: "files after the first", check: checkSed }],
  ["jq", { names: "files after the first", check: checkJq }],
  ["grep", { names: "files after the first" }],
  ["egrep", { names: "files after the first" }],
  ["fgrep", { names: "files after the first" }],
  [
    "rg",
    {
      names: "files after the first",
      refusedOptions: ["--pre", "--hostname-bin", "-z", "--search-zip"],
      valued: "ABCdEefgjMmrTt",
    },
  ],
]);

/** A submodule has a configuration of its own, and merges made anew have drivers. */
const SHOWING: readonly string[] = [
  ...["--output", "--ext-diff", "--textconv", "--show-signature"],
  ...["--ignore-submodules", "--remerge-diff", "--diff-merges"],
];

const history: Program = { names: "files", refusedOptions: SHOWING, check: checkFormat };

/** Commands of git that only read. */
export const GIT_COMMANDS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ["status", { names: "places", refusedOptions: ["--ignore-submodules"] }],
  ["log", history],
  ["diff", history],
  ["show", history],
  ["blame", history],
  ["shortlog", history],
  ["rev-list", history],
  ["ls-files", PLACES],
  ["ls-tree", PLACES],
  ["rev-parse", NO_NAMES],
  ["merge-base", NO_NAMES],
  // Whether something has changed it writes down.
  ["describe", { refusedOptions: ["--dirty", "--broken"] }],
  ["branch", { check: checkBranch }],
  ["tag", { check: checkTag }],
  [
    "grep",
    { names: "files after the first", refusedOptions: ["-O", "--open-files-in-pager", "--textconv", "--ext-grep"] },
  ],
]);

/** A signature is checked by a program that a configuration may name. */
function checkFormat(words: readonly ShellWord[]): Refusal | undefined {
  const word = words.find(({ text }) => text.includes("%G"));
  return word === undefined ? undefined : { word: word.text, why: "would have a program check signatures" };
}
