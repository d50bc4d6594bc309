import { basename, join } from "node:path";
import { git, gitFailure, listOf, textOf, type GitPlace } from "./git.ts";
import type { KeptTree } from "./kept-tree.ts";
import { done, type Result } from "./result.ts";
import { choose, isBelow } from "./untracked-files.ts";

export interface AgainSettings {
  readonly untrackedBytes: number;
  readonly without: readonly string[];
}

/** What a working tree is now; the same object as was kept where nothing has changed. */
export type Again = Pick<KeptTree, "tree" | "leftOut" | "untracked" | "unseen">;

/** What decides on how git sees others: where one has changed, all are looked at anew. */
const DECIDING = new Set([".gitignore", ".gitattributes", ".gitmodules"]);

/**
 * Takes a working tree down that was taken down before: what has not changed since is not read, and where nothing has
 * changed nothing is written.
 *
 * @param place with the index that was kept
 * @returns `undefined`: what has changed is no matter of a few files
 */
export async function takeAgain(
  place: GitPlace,
  kept: KeptTree,
  { without, untrackedBytes }: AgainSettings,
): Promise<Result<Again | undefined>> {
  const what = `The files of ${place.cwd} could not be taken down`;
  const options = ["--porcelain", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=dirty"];
  // It is no index of the user's: one that is written anew makes the next look shorter.
  const run = await git(place, ["status", ...options], { environment: { GIT_OPTIONAL_LOCKS: "1" } });
  if (run.code !== 0) return gitFailure(what, run);
  const { changed, deleted, others } = sorted(listOf(run), without);
  const isSame = changed.length === 0 && deleted.length === 0 && others.length === 0;
  if (isSame && kept.leftOut.length === 0) return done(kept);
  if ([...changed, ...deleted, ...others].some((name) => DECIDING.has(basename(name)))) return done(undefined);
  const known = new Set(kept.untracked);
  const gone = new Set(deleted);
  const candidates = [...kept.untracked.filter((name) => !gone.has(name)), ...others];
  const isOfUntracked = others.length + kept.leftOut.length > 0 || changed.some((name) => known.has(name));
  const { taken, leftOut } = isOfUntracked
    ? await choose(place.cwd, candidates, without, untrackedBytes)
    : { taken: candidates, leftOut: kept.leftOut };
  const now = new Set(taken);
  // There is no room for it any more.
  if (candidates.some((name) => known.has(name) && !now.has(name))) return done(undefined);
  const written = [...changed, ...taken.filter((name) => !known.has(name))];
  const unseen = [...kept.unseen, ...deleted.filter((name) => !known.has(name)).map((name) => join(place.cwd, name))];
  const facts = { leftOut, untracked: taken, unseen };
  if (written.length === 0 && deleted.length === 0) return done({ tree: kept.tree, ...facts });
  // What lies behind a link by now is not looked for there.
  const steps = [
    { names: deleted, options: ["--force-remove"] },
    { names: written, options: ["--add", "--remove", "--replace"] },
  ];
  for (const { names, options: how } of steps) {
    if (names.length === 0) continue;
    const set = await git(place, ["update-index", ...how, "-z", "--stdin"], { stdin: `${names.join("\0")}\0` });
    if (set.code !== 0) return gitFailure(what, set);
  }
  const tree = await git(place, ["write-tree"]);
  return tree.code === 0 ? done({ tree: textOf(tree), ...facts }) : gitFailure(what, tree);
}

/** @param lines as `git status --porcelain -z` prints them: of the index, of the working tree, a blank, the path */
function sorted(lines: readonly string[], without: readonly string[]) {
  const [changed, deleted, others]: [string[], string[], string[]] = [[], [], []];
  for (const line of lines) {
    const [state, name] = [line[1] ?? " ", line.slice(3)];
    if (isBelow(name, without)) continue;
    if (state === "?") others.push(name);
    else if (state === "D") deleted.push(name);
    else if (state !== " ") changed.push(name);
  }
  return { changed, deleted, others };
}
