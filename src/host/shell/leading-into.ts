import { homedir } from "node:os";
import { resolve } from "node:path";
import { nodesOf, textsIn, wordsOf, wordText } from "./shell-nodes.ts";

/** Where a line runs, and what it knows. */
export interface LinePlace {
  /** Where it begins. */
  readonly directory: string;
  /** What `cd -` leads back to. */
  readonly before: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A word of a line, and a path that it may mean. */
export interface NamedPath {
  readonly word: string;
  readonly path: string;
  /** A pattern, for file names. */
  readonly isPattern: boolean;
}

const LONGEST_LINE = 100_000;
const MOST_FOLDERS = 16;
const DEEPEST = 3;
const MOVING = new Set(["cd", "pushd"]);
const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g;
const PATTERN = /[*?[\]{}]/;

/**
 * The paths that the words of a line may mean, wherever it goes with `cd`: quotes, escapes, `~`, variables and texts of shell
 * within it are seen through. Where the line cannot be read, there are none.
 */
export async function namedPaths(line: string, place: LinePlace, depth = 0): Promise<readonly NamedPath[]> {
  if (line.length > LONGEST_LINE || depth > DEEPEST) return [];
  const { parse } = await import("unbash");
  const known = new Map<string, string | undefined>(
    Object.entries({ HOME: homedir(), ...place.environment, OLDPWD: place.before }),
  );
  let folders: readonly string[] = [place.directory];
  let next = folders;
  const named: NamedPath[] = [];
  for (const node of nodesOf(parse(line))) {
    const type: unknown = Reflect.get(node, "type");
    const name: unknown = Reflect.get(node, "name");
    if (type === "Assignment" && typeof name === "string")
      known.set(name, wordText(Reflect.get(node, "value"))[0] ?? "");
    if (type === "Command") {
      const words = wordsOf(node);
      folders = next;
      next = moved(folders, words, known);
      const inside = textsIn(words).flatMap((text) => folders.map((folder) => ({ text, folder })));
      for (const { text, folder } of inside) {
        named.push(...(await namedPaths(text, { ...place, directory: folder }, depth + 1)));
      }
    }
    if (type !== "Word") continue;
    for (const word of wordText(node)) named.push(...folders.flatMap((folder) => pathsIn(word, folder, known)));
  }
  return named;
}

type Known = ReadonlyMap<string, string | undefined>;

/** Where a line may be after a command: a move may fail, or be one of a subshell. */
function moved(folders: readonly string[], words: readonly string[], known: Known): readonly string[] {
  const [name = "", ...rest] = words;
  if (!MOVING.has(name)) return folders;
  const asked = rest.find((word) => word === "-" || !word.startsWith("-")) ?? "~";
  const to = folders.map((folder) => resolve(folder, expanded(asked === "-" ? "~-" : asked, folder, known)));
  return [...new Set([...folders, ...to])].slice(-MOST_FOLDERS);
}

/** A word may hold its path behind an option or an equals sign. */
function pathsIn(word: string, folder: string, known: Known): NamedPath[] {
  const parts = [word, word.slice(word.indexOf("=") + 1), ...(/^-\w/.test(word) ? [word.slice(2)] : [])];
  return [...new Set(parts)].flatMap((part) => {
    const text = expanded(part, folder, known);
    return text === "" || text.includes("\0")
      ? []
      : { word, path: resolve(folder, text), isPattern: PATTERN.test(text) };
  });
}

/** A word as the shell makes it, as far as that can be known; what comes behind is left out. */
function expanded(text: string, folder: string, known: Known): string {
  const homes: readonly (readonly [RegExp, string])[] = [
    [/^~(?=\/|$)/, known.get("HOME") ?? ""],
    [/^~\+(?=\/|$)/, folder],
    [/^~-(?=\/|$)/, known.get("OLDPWD") ?? ""],
  ];
  const whole = homes
    .reduce((made, [start, home]) => made.replace(start, () => home), text)
    .replaceAll(VARIABLE, (all, braced?: string, plain?: string) => {
      const name = braced ?? plain ?? "";
      return name === "PWD" ? folder : (known.get(name) ?? all);
    });
  const unknown = whole.search(/[$`]/);
  return unknown === -1 ? whole : whole.slice(0, whole.lastIndexOf("/", unknown) + 1);
}
