import type { Hooks } from "../opencode/plugin-api.ts";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { changedPaths } from "../opencode/changed-paths.ts";
import { isText, shape } from "../lib/shape.ts";
import type { OwnPlace } from "../workspace/own-folder-of.ts";
import { inCopy, isBelow, patchInCopy, patternInCopy, placeInCopy, unshare } from "./own-place-paths.ts";
import { namedPaths, type NamedPath } from "./shell/leading-into.ts";
import { isBashCall, type BashCall } from "./shell/reading-shell.ts";
import { commandsTakingBack } from "./shell/takes-back.ts";
import { BASH, EDITS, GLOB, READ, SEARCHING_FILES, WRITE } from "../opencode/tool-names.ts";

/** The arguments of opencode's own tools that name a file or a folder. */
const PATH_ARGUMENTS = ["filePath", "path", "workdir"];
const PATH_TOOLS = new Set([READ, ...EDITS, WRITE, ...SEARCHING_FILES, BASH]);
const hasPatch = shape({ patchText: isText });
const hasPattern = shape({ pattern: isText });
/** What names another repository to git than the one that it runs in. */
const OF_GIT = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"];
const PATTERN_STARTS = /[*?[\]{}]/;

type OwnPlaceHooks = Required<Pick<Hooks, "tool.execute.before" | "shell.env">>;

/**
 * An agent in a folder of its own works there, whatever paths its prompt names: those of the caller's folder mean the
 * copy. It is a guard rail and no wall.
 */
export function ownPlaceHooks(place: OwnPlace): OwnPlaceHooks {
  const { copy, slot } = place;
  // Of the shell that opencode was started in, or of a hook of git.
  for (const name of OF_GIT) delete process.env[name];
  let leading: Readonly<Record<string, string>> | undefined;
  return {
    async "tool.execute.before"({ tool }, { args }: { args: unknown }) {
      if (typeof args !== "object" || args === null) return;
      if (PATH_TOOLS.has(tool)) {
        for (const name of PATH_ARGUMENTS) {
          const given: unknown = Reflect.get(args, name);
          if (typeof given === "string") Reflect.set(args, name, inCopy(place, given));
        }
      }
      if (tool === GLOB && hasPattern(args)) Object.assign(args, patternInCopy(place, args.pattern));
      if (hasPatch(args)) Reflect.set(args, "patchText", patchInCopy(place, args.patchText));
      if (tool === BASH && isBashCall(args)) await refuseLine(place, args);
      for (const path of changedPaths(tool, args)) await unshare(place, path);
    },
    async "shell.env"(_input, { env }) {
      Object.assign(env, (leading ??= leadingVariables(place)));
      Object.assign(env, { BIZAR_SLOT: String(slot), BIZAR_FOLDER: copy, OLDPWD: copy });
    },
  };
}

/** What of the environment names the caller's folder, as it means the copy: programs go by it, and so do shells. */
function leadingVariables(place: OwnPlace): Readonly<Record<string, string>> {
  const meant = (path: string) => (path.startsWith("/") ? placeInCopy(place, path) : undefined) ?? path;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value = ""]) => {
      const there = value.split(":").map(meant).join(":");
      return there === value ? [] : [[name, there]];
    }),
  );
}

async function refuseLine(place: OwnPlace, { command: line, workdir }: BashCall): Promise<void> {
  const { originals, copy } = place;
  const directory = resolve(place.directory, workdir ?? ".");
  const named = await namedPaths(line, { directory, before: copy, environment: process.env });
  for (const path of named) {
    const there = path.isPattern ? patternPlace(place, path) : placeOf(place, path);
    if (there === undefined) continue;
    throw new Error(
      `bash was refused: ${JSON.stringify(path.word)} leads to ${path.path}, where others work. You have a copy of your ` +
        `own: use ${there} in its place.`,
    );
  }
  // In a text of some other language.
  const spelled = originals.find((original) => spellings(original).some((each) => names(line, each)));
  if (spelled !== undefined) {
    throw new Error(
      `bash was refused: it names ${spelled}, where others work. You have a copy of your own: use ${copy} in its place.`,
    );
  }
  if ((await commandsTakingBack(line)).some(({ command }) => command === "git stash")) {
    throw new Error(
      "bash was refused: git stash is shared with the folder that yours is a copy of. Commit instead: your commits are on no branch.",
    );
  }
}

/** Modules may be linked from where they were installed, and are run from there. */
function placeOf(place: OwnPlace, { path }: NamedPath): string | undefined {
  const isModule = isBelow(place.copy, path) && path.includes("/node_modules/");
  return isModule ? undefined : placeInCopy(place, path);
}

/** Of a pattern only what is before it is known, and whether it may mean the caller's folder. */
function patternPlace(place: OwnPlace, { path }: NamedPath): string | undefined {
  const start = path.slice(0, path.search(PATTERN_STARTS));
  const folder = placeInCopy(place, start.slice(0, start.lastIndexOf("/")) || "/");
  if (folder !== undefined) return folder;
  const parts = path.split("/");
  const meant = place.originals.some((original) =>
    new Bun.Glob(parts.slice(0, original.split("/").length).join("/")).match(original),
  );
  return meant ? place.copy : undefined;
}

/** A path as a shell line may write it. */
function spellings(path: string): readonly string[] {
  const home = homedir();
  const below = path.startsWith(`${home}/`) ? path.slice(home.length) : undefined;
  const plain = below === undefined ? [path] : [path, `~${below}`, `$HOME${below}`, `\${HOME}${below}`];
  return [...new Set(plain.flatMap((each) => [each, each.replaceAll(" ", "\\ ")]))];
}

/** Not where the path is only the beginning, or the end, of another name; it may stand in one word with an option. */
function names(line: string, path: string): boolean {
  for (let at = line.indexOf(path); at !== -1; at = line.indexOf(path, at + 1)) {
    const [before = ""] = /[\w./~-]*$/.exec(line.slice(0, at)) ?? [];
    if (/^(?:--?[\w-]*)?$/.test(before) && !/[\w.-]/.test(line[at + path.length] ?? "")) return true;
  }
  return false;
}
