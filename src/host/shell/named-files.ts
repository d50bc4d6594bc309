import { existsSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { Glob } from "bun";
import type { ReadingCommand } from "./only-reads.ts";
import type { Refusal, ShellWord } from "./plain-commands.ts";

/** Which files may be read: patterns as the host's permissions have them, the last that fits wins. */
export type ReadRules = Readonly<Record<string, "allow" | "deny" | "ask">>;

export interface ReadableFiles {
  /** Where the line runs. */
  readonly directory: string;
  /** Outside of it nothing is read. */
  readonly project: string;
  readonly rules: ReadRules;
}

/** Most names that a pattern is followed to. */
const MOST_NAMES = 1000;
/** So many short options in one word are followed by what may be a name. */
const LONGEST_CLUSTER = 10;
const OUTSIDE = "is outside the project";
const DENIED = "may not be read by a rule of yours";
const SYSTEMS = /^\/(proc|dev)(\/|$)/;
const PATTERN = /[*?[]/;
const ESCAPED = /\\(.)/gs;
/** Braces with none in them. Within them nothing is quoted. */
const INNERMOST = /(?<!\\)\{([^{}]*)\}/;

/**
 * Finds what a line names and may not read: of files, and of folders outside the project. A folder that is searched
 * whole (`grep -r`) names none of its files.
 */
export function findUnreadable(commands: readonly ReadingCommand[], files: ReadableFiles): Refusal | undefined {
  let directories = [files.directory];
  for (const command of commands) {
    for (const named of namesOf(command)) {
      for (const directory of directories) {
        const why = whyUnreadable(named, directory, files);
        if (why !== undefined) return { word: named.word.text, why };
      }
    }
    if (command.words[0]?.text === "cd") {
      const [to] = command.rest.filter(({ text }) => !/^-./.test(text));
      if (to === undefined || to.text === "-") return { word: "cd", why: "leads to where the line does not say" };
      const places = directories.flatMap((directory) => placesOf(to, directory)).map((place) => resolve(place));
      // One that may fail, or holds in a part of a pipe only, may have led nowhere: what follows may run in any of them.
      const leads = command.isSure && to.pattern === undefined && places.every(isFolder);
      directories = leads ? places : [...directories, ...places];
    }
  }
  return undefined;
}

/** The folders in which the commands of a line run, as far as it says. */
export function directoriesOf(commands: readonly ReadingCommand[], directory: string): readonly string[] {
  const directories = new Set([directory]);
  for (const { words, rest } of commands) {
    if (words[0]?.text !== "cd") continue;
    const [to] = rest.filter(({ text }) => !/^-./.test(text));
    const places = to === undefined ? [homedir()] : [...directories].flatMap((from) => placesOf(to, from));
    for (const place of places) directories.add(resolve(place));
  }
  return [...directories];
}

interface NamedFile {
  readonly word: ShellWord;
  readonly showsContent: boolean;
  /** It counts where it is there: a pattern to search for may look like a name. Of git it may have been there. */
  readonly mayBeGone: boolean;
}

const GIVES_PATTERN = /^(-[a-zA-Z]*[ef]|--(regexp|file|from-file|expression))/;
const PATTERN_FOLLOWS = /^(-[a-zA-Z]*e|--(regexp|expression))$/;

function namesOf({ program, words, rest, inputs }: ReadingCommand): NamedFile[] {
  const mayBeGone = words[0]?.text === "git";
  const given = inputs.map((word) => ({ word, showsContent: true, mayBeGone }));
  if (program.names === undefined) return given;
  const showsContent = program.names !== "places";
  const end = rest.findIndex(({ text }) => text === "--");
  const isOption = ({ text }: ShellWord, index: number) => text.startsWith("-") && (end === -1 || index <= end);
  const options = rest.filter(isOption);
  const operands = rest.filter((word, index) => !isOption(word, index) && !isPattern(rest[index - 1]));
  const skipsFirst = program.names === "files after the first" && !options.some(({ text }) => GIVES_PATTERN.test(text));
  const names = [...operands.slice(skipsFirst ? 1 : 0), ...options.flatMap(valuesOf)];
  return [...given, ...names.map((word) => ({ word, showsContent, mayBeGone }))];
}

function isPattern(before: ShellWord | undefined): boolean {
  return before !== undefined && PATTERN_FOLLOWS.test(before.text);
}

/** What may stand in one word with an option: `--file=x`, `-fx`, `-if x`. */
function valuesOf({ text }: ShellWord): ShellWord[] {
  const values = text.startsWith("--")
    ? [text.slice(text.indexOf("=") + 1)]
    : Array.from({ length: Math.min(text.length, LONGEST_CLUSTER) }, (_, index) => text.slice(index + 2));
  // `cut -d/`
  return values
    .filter((value) => value !== "" && value !== "/" && value !== text)
    .map((value) => ({ text: value, expandsAt: undefined, pattern: undefined }));
}

function whyUnreadable(
  { word, showsContent, mayBeGone }: NamedFile,
  directory: string,
  { project, rules }: ReadableFiles,
): string | undefined {
  const places = placesOf(word, directory);
  if (places.length > MOST_NAMES) return "names more files than can be looked at one by one";
  // `HEAD:.env` of git names a file as well.
  const inRevision = mayBeGone ? resolve(directory, word.text.slice(word.text.indexOf(":") + 1)) : undefined;
  for (const place of inRevision === undefined ? places : [...places, inRevision]) {
    if (place === "/dev/null") continue;
    const real = realPath(place);
    const isThere = existsSync(real);
    // Each process finds others there: what this one does not find may be there for that one.
    if (SYSTEMS.test(resolve(place)) || SYSTEMS.test(real)) return OUTSIDE;
    if (!isThere && !mayBeGone) continue;
    for (const path of new Set([resolve(place), real])) {
      const root = [project, realPath(project)].find((folder) => isInside(path, folder));
      if (isThere && root === undefined) return OUTSIDE;
      if (showsContent && !mayRead(relative(root ?? project, path), rules)) return DENIED;
    }
  }
  return undefined;
}

/** What a word names, or what the shell makes of it; behind a link `..` leads where the system says, not the text. */
function placesOf({ text, pattern }: ShellWord, directory: string): string[] {
  if (pattern === undefined) return placesOfName(text, directory);
  const places: string[] = [];
  for (const each of withoutBraces(pattern)) {
    const isPlain = !PATTERN.test(each.replaceAll(ESCAPED, ""));
    places.push(
      ...(isPlain ? placesOfName(each.replaceAll(ESCAPED, "$1"), directory) : placesOfPattern(each, directory)),
    );
    if (places.length > MOST_NAMES) break;
  }
  return places;
}

function placesOfName(name: string, directory: string): string[] {
  // The home of somebody else, and the folder before.
  if (/^~[^/]/.test(name)) return ["/"];
  return [under(directory, inHome(name))];
}

function placesOfPattern(pattern: string, directory: string): string[] {
  if (/^~[^/]/.test(pattern)) return ["/"];
  const said = inHome(pattern);
  const [before = ""] = /^([^*?[\\]*\/)?/.exec(said) ?? [];
  const rest = said.slice(before.length);
  // What it is behind a name that is not known yet, nobody follows.
  if (rest.split("/").includes("..")) return ["/"];
  const from = realPath(under(directory, before));
  const places = [from];
  if (!isFolder(from)) return places;
  // The shell takes no name with a dot in front for what does not say so.
  const dot = /(^|\/)\./.test(rest);
  for (const name of new Glob(rest).scanSync({ cwd: from, dot, onlyFiles: false })) {
    places.push(under(from, name));
    if (places.length > MOST_NAMES) break;
  }
  return places;
}

/** The patterns that the shell makes of one with braces, before it looks at homes and names of files. */
function withoutBraces(pattern: string): string[] {
  const braces = INNERMOST.exec(pattern);
  if (braces === null) return [pattern];
  const [whole, inner = ""] = braces;
  const behind = pattern.slice(braces.index + whole.length);
  const made: string[] = [];
  for (const each of inner.split(",")) {
    made.push(...withoutBraces(pattern.slice(0, braces.index) + each + behind));
    if (made.length > MOST_NAMES) break;
  }
  return made;
}

function inHome(name: string): string {
  return name.replace(/^~(?=\/|$)/, () => homedir());
}

function under(directory: string, name: string): string {
  return isAbsolute(name) ? name : `${directory}/${name}`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Where a path leads: what `..` is behind a link only the system knows, and Bun 1.3.14 goes by the text. */
function realPath(path: string): string {
  let real = "/";
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    real = part === ".." ? dirname(real) : realName(real === "/" ? `/${part}` : `${real}/${part}`);
  }
  return real;
}

function realName(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    // It is not there.
    return path;
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** As the host reads its patterns: `*` is any text, also with a slash in it. */
export function mayRead(name: string, rules: ReadRules): boolean {
  let allowed = true;
  for (const [pattern, action] of Object.entries(rules)) {
    const said = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    if (new RegExp(`^${said}$`, "s").test(name)) allowed = action === "allow";
  }
  return allowed;
}
