import type { Refusal, ShellWord } from "./plain-commands.ts";

// Each gets the words behind the program's name, and tells which of them is more than reading.

const FIND_ACTION = /^-(exec|ok|delete|fprint|fls)/;

/** `find` acts on what it finds, and takes a name for an action wherever it stands. */
export function checkFind(words: readonly ShellWord[]): Refusal | undefined {
  const action = words.find(({ text }) => FIND_ACTION.test(text));
  if (action !== undefined) return { word: action.text, why: "does something with what is found" };
  return words.map(named("would be taken for an action by find")).find((refusal) => refusal !== undefined);
}

/** The second name that `uniq` is given is that of a file that it writes. */
export function checkUniq(words: readonly ShellWord[]): Refusal | undefined {
  const names = operands(words);
  const many = names.find(({ expandsAt }) => expandsAt !== undefined) ?? names[1];
  return many === undefined ? undefined : { word: many.text, why: "may be a file that uniq writes" };
}

/** `date` sets the clock with an option and with a number; it is asked with `+` alone. */
export function checkDate(words: readonly ShellWord[]): Refusal | undefined {
  const word = words.find(({ text }, index) => {
    const before = words[index - 1]?.text ?? "";
    return !/^(\+|-[uRI]|--(utc|universal|iso-8601|rfc|date=))/.test(text) && text !== "-d" && before !== "-d";
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
const ADDRESS = String.raw`(\d+(~\d+)?|\$|\+\d+|/([^/\\\n]|\\[^\n])*/I?)`;
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
  return `s[${mark}]${text}[${mark}]${text}[${mark}][gpiImM0-9]*`;
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
