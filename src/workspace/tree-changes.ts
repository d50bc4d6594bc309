import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git, gitFailure, listOf, textOf, type GitPlace } from "./git.ts";
import { done, type Result } from "./result.ts";

const SUBMODULE = "160000";

/** One path that is not the same in two trees. */
export interface TreeChange {
  readonly path: string;
  readonly kind: "added" | "changed" | "deleted";
  readonly isSubmodule: boolean;
  /** As git writes them: it tells a program from another file, and no more. */
  readonly modes: readonly [string, string];
  /** The objects of both sides; all zeroes where there is none. */
  readonly before: string;
  readonly after: string;
}

/** What differs between two trees, path by path. */
export async function treeChanges(place: GitPlace, from: string, to: string): Promise<Result<TreeChange[]>> {
  const run = await git(place, ["diff-tree", "-r", "-z", "--raw", "--no-renames", from, to]);
  if (run.code !== 0) return gitFailure("Two states could not be compared", run);
  const words = listOf(run);
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [modeBefore = "", modeAfter = "", before = "", after = "", letter = ""] = words[at]!.slice(1).split(" ");
    changes.push({
      path: words[at + 1]!,
      kind: letter === "A" ? "added" : letter === "D" ? "deleted" : "changed",
      isSubmodule: modeBefore === SUBMODULE || modeAfter === SUBMODULE,
      modes: [modeBefore, modeAfter],
      ...{ before, after },
    });
  }
  return done(changes);
}

export interface Counts {
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
}

/** How much differs between two trees; a renamed file is one. */
export async function countChanges(place: GitPlace, from: string, to: string): Promise<Result<Counts>> {
  const run = await git(place, [
    "diff-tree",
    "-r",
    "-z",
    "--numstat",
    "-M",
    "--no-ext-diff",
    "--no-textconv",
    from,
    to,
  ]);
  if (run.code !== 0) return gitFailure("The changes could not be counted", run);
  const counts = { files: 0, insertions: 0, deletions: 0 };
  for (const word of listOf(run)) {
    // Of a renamed file both names follow, in words of their own.
    const [, added, removed] = /^(\d+|-)\t(\d+|-)\t/.exec(word) ?? [];
    if (added === undefined) continue;
    counts.files += 1;
    counts.insertions += Number(added) || 0;
    counts.deletions += Number(removed) || 0;
  }
  return done(counts);
}

/** The difference of two trees as a patch that `git apply` takes, whatever the user has configured for their eyes. */
export async function patchOf(place: GitPlace, from: string, to: string): Promise<Result<Uint8Array>> {
  const plain = ["--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/"];
  const run = await git(place, ["diff-tree", "-r", "-p", "--binary", "--full-index", "-M", ...plain, from, to]);
  return run.code === 0 ? done(run.stdout) : gitFailure("The changes could not be written as a patch", run);
}

/** Two states brought together. */
export interface Merged {
  /** Where they conflict, with markers in the files. */
  readonly tree: string;
  readonly conflicts: readonly string[];
}

/** Brings two commits together that have a parent in common. Nothing but objects is written. */
export async function mergeTrees(place: GitPlace, ours: string, theirs: string): Promise<Result<Merged>> {
  const options = ["--write-tree", "-z", "--name-only", "--no-messages"];
  const run = await git(place, ["merge-tree", ...options, ours, theirs]);
  if (run.code !== 0 && run.code !== 1) return gitFailure("Whether the changes fit could not be worked out", run);
  const [tree = "", ...conflicts] = run.code === 0 ? [textOf(run).replaceAll("\0", "")] : listOf(run);
  return done({ tree, conflicts: [...new Set(conflicts)] });
}

/** As git names a file that is in the way of a folder, in a tree with conflicts: with the commit that it is of. */
const WITH_SIDE = /~(?:[0-9a-f]{40}|[0-9a-f]{64})(?:_\d+)?$/;

/** The files that conflict, as people know them. */
export function conflictingFiles({ conflicts }: Pick<Merged, "conflicts">): readonly string[] {
  return [...new Set(conflicts.map((path) => path.replace(WITH_SIDE, "")))];
}

/** The tree of a commit. */
export async function treeOf(place: GitPlace, commit: string): Promise<Result<string>> {
  const run = await git(place, ["rev-parse", "--quiet", "--verify", `${commit}^{tree}`]);
  return run.code === 0 ? done(textOf(run)) : gitFailure(`${commit} is not there any more`, run);
}

/** A tree with some of its paths as they are in another one. */
export async function withPathsOf(
  place: GitPlace,
  tree: string,
  other: string,
  paths: readonly string[],
): Promise<Result<string>> {
  const folder = await mkdtemp(join(tmpdir(), "bizar-index-"));
  try {
    const indexed = { ...place, index: join(folder, "index") };
    const what = "A state could not be put together";
    const literal = { environment: { GIT_LITERAL_PATHSPECS: "1" } };
    const read = await git(indexed, ["read-tree", tree]);
    if (read.code !== 0) return gitFailure(what, read);
    const listed = await git(place, ["ls-tree", "-r", "-z", "--full-tree", other, "--", ...paths], literal);
    if (listed.code !== 0) return gitFailure(what, listed);
    const added = await git(indexed, ["update-index", "-z", "--index-info"], { stdin: listed.stdout });
    if (added.code !== 0) return gitFailure(what, added);
    const written = await git(indexed, ["write-tree"]);
    return written.code === 0 ? done(textOf(written)) : gitFailure(what, written);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
