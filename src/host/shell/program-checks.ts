import type { Refusal, ShellWord } from "./plain-commands.ts";

// Each gets the words behind the program's name, and tells which of them is more than reading.

const FIND_ACTION = /^-(exec|ok|delete|fprint|fls)/;
const FROM_A_FILE = "takes names from a file, and would say what is in it";

/** `find` acts on what it finds, and takes a name for an action wherever it stands. */
export function checkFind(words: readonly ShellWord[]): Refusal | undefined {
  const action = words.find(({ text }) => FIND_ACTION.test(text));
  if (action !== undefined) return { word: action.text, why: "does something with what is found" };
  const list = words.find(({ text }) => text.startsWith("-files0"));
  if (list !== undefined) return { word: list.text, why: FROM_A_FILE };
  return words.map(named("would be taken for an action by find")).find((refusal) => refusal !== undefined);
}

/** What `du` and `tree` are told to take from a file comes back as a name that is not there, or is. */
export function checkLists(option: RegExp): (words: readonly ShellWord[]) => Refusal | undefined {
  return (words) => {
    const word = words.find(({ text }) => option.test(text));
    return word === undefined ? undefined : { word: word.text, why: FROM_A_FILE };
  };
}

/** The programs of GNU's binutils take their options from a file that is named behind `@`. */
export function checkStrings(words: readonly ShellWord[]): Refusal | undefined {
  const word = words.find(({ text }) => text.startsWith("@"));
  return word === undefined ? undefined : { word: word.text, why: "takes options from a file, and would say which" };
}

const JQ_TEXT = /"(?:[^"\\]|\\[^(])*"/g;
const JQ_BEYOND =
  /\$ENV\b|\$__prog_args\b|(?<![.\w$])(?:env\b(?!\s*:)|(?:import|include)\s*"|modulemeta\b|get_search_list\b)/;

const JQ_UNSEEN = /^(-[a-zA-Z]*[fL]|--(from-file|library-path))/;

/** A program of `jq` may read more than it is given: the environment, and files with code or data. */
export function checkJq(words: readonly ShellWord[]): Refusal | undefined {
  const option = words.find(({ text }) => JQ_UNSEEN.test(text));
  if (option !== undefined) return { word: option.text, why: "runs what is not to be seen in the line" };
  const word = words.find(({ text }) => JQ_BEYOND.test(text.replaceAll(JQ_TEXT, '""')));
  return word === undefined ? undefined : { word: word.text, why: "reads the environment, or further files" };
}

/** The second name that `uniq` is given is that of a file that it writes. */
export function checkUniq(words: readonly ShellWord[]): Refusal | undefined {
  const names = operands(words);
  const many = names.find(({ expandsAt }) => expandsAt !== undefined) ?? names[1];
  return many === undefined ? undefined : { word: many.text, why: "may be a file that uniq writes" };
}

const DATE_WORD = /^(\+.*|-[uR]+|-I\w*|--(utc|universal|rfc-email|rfc-2822|iso-8601(=\w+)?|rfc-3339=\w+|date=.*))$/s;

/** `date` sets the clock with an option and with a number, also behind others in one word; it is asked with `+` alone. */
export function checkDate(words: readonly ShellWord[]): Refusal | undefined {
  const word = words.find(({ text }, index) => {
    const before = words[index - 1]?.text ?? "";
    return !DATE_WORD.test(text) && text !== "-d" && before !== "-d";
  });
  return word === undefined ? undefined : { word: word.text, why: "may set the clock" };
}

const BRANCH_LISTS = /^(-[arv]+|-vv|--(all|remotes|list|show-current|verbose|no-color|sort=.*))$/;

/** `git branch` with a name makes or moves one. */
export function checkBranch(words: readonly ShellWord[]): Refusal | undefined {
  const word = words.find(({ text }) => !BRANCH_LISTS.test(text));
  return word === undefined ? undefined : { word: word.text, why: "may change branches" };
}

const TAG_LISTS = /^(-l|-n\d*|--list|--sort=.*|--contains=.*|--points-at=.*)$/;

/** `git tag` with a name makes one, where it is not told to list. */
export function checkTag(words: readonly ShellWord[]): Refusal | undefined {
  const lists = words.some(({ text }) => text === "-l" || text === "--list");
  const word = words.find(({ text }) => !TAG_LISTS.test(text) && !(lists && !text.startsWith("-")));
  return word === undefined ? undefined : { word: word.text, why: "may change tags" };
}

const SED_OPTION = /^(-[nErsuz]+|--(quiet|silent|regexp-extended|separate|unbuffered|null-data|sandbox|posix))$/;
/** Numbers, the last line, a pattern. One blank at most stands anywhere: many would be dear to read. */
const ADDRESS = String.raw`(\d+(~\d+)?|\$|\+\d+|/${searched("/")}/I?)`;
const PRINTING = `[pPdDqQ=nNgGhHx]`;
/** `s` with any mark, and its flags but for `e`, which runs what comes out, and `w`, which writes it. */
const SUBSTITUTING = ["/", "|", "#", ",", ":", "@", "!"].map(substitution).join("|");
const SED_COMMAND = String.raw` ?(${ADDRESS}( ?, ?${ADDRESS})?)?(!| ! ?| )?(${PRINTING}|${SUBSTITUTING})? ?`;
const SED_SEPARATORS = ";\n";

/** `sed` writes with an option and with commands of its own language: only scripts that print pass. */
export function checkSed(words: readonly ShellWord[]): Refusal | undefined {
  const scripts: ShellWord[] = [];
  const names: ShellWord[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) continue;
    if (word.text === "-e" || word.text === "--expression" || /^-[nErsuz]+e$/.test(word.text)) {
      index += 1;
      scripts.push(words[index] ?? word);
    } else if (word.text.startsWith("--expression=")) {
      scripts.push({ ...word, text: word.text.slice("--expression=".length) });
    } else if (word.text === "--") {
      names.push(...words.slice(index + 1));
      break;
    } else if (!word.text.startsWith("-") || word.text === "-") {
      names.push(word);
    } else if (!SED_OPTION.test(word.text)) {
      return { word: word.text, why: "may have sed write" };
    }
  }
  if (scripts.length === 0) scripts.push(...names.slice(0, 1));
  const script = scripts.find(({ text, expandsAt }) => expandsAt !== undefined || !onlyPrints(text));
  return script === undefined ? undefined : { word: script.text, why: "is more than a script that prints" };
}

/** One command after the other, so that a long script is read once. */
function onlyPrints(script: string): boolean {
  const command = new RegExp(SED_COMMAND, "y");
  for (let at = 0; ; at++) {
    command.lastIndex = at;
    at += command.exec(script)?.[0].length ?? 0;
    if (at >= script.length) return true;
    if (!SED_SEPARATORS.includes(script.charAt(at))) return false;
  }
}

function substitution(mark: string): string {
  const text = String.raw`([^${mark}\\\n]|\\[^\n])*`;
  return `s[${mark}]${searched(mark)}[${mark}]${text}[${mark}][gpiImM0-9]*`;
}

/** What is searched for, up to the next mark. One in brackets ends it for some, and for others not: there is none. */
function searched(mark: string): string {
  const inside = String.raw`[^\]\\\n[${mark}]|\\[^\]\n]${mark === ":" ? "" : String.raw`|\[:[a-z]+:\]`}`;
  // The first in brackets may be one that would close them.
  const brackets = String.raw`\[\^?(\]|${inside})(${inside})*\]`;
  return String.raw`([^${mark}\\\n[]|\\[^\n]|${brackets})*`;
}

function operands(words: readonly ShellWord[]): readonly ShellWord[] {
  const end = words.findIndex(({ text }) => text === "--");
  const before = end === -1 ? words : words.slice(0, end);
  const named = before.filter(({ text }) => text === "-" || !text.startsWith("-"));
  return [...named, ...(end === -1 ? [] : words.slice(end + 1))];
}

function named(why: string): (word: ShellWord) => Refusal | undefined {
  return ({ text, expandsAt }) => (expandsAt === 0 ? { word: text, why } : undefined);
}
