import { basename } from "node:path";
import { git, gitFailure, noGit, textOf } from "./git.ts";
import { done, failure, type Result } from "./result.ts";

/** The working tree of git that a directory is in. */
export interface Repository {
  readonly root: string;
  /** Of this working tree alone: its HEAD and index. */
  readonly gitDir: string;
  /** Of all working trees of the repository: objects and refs. */
  readonly commonDir: string;
  /** The directory below the root, with a slash at its end; empty for the root. */
  readonly prefix: string;
  readonly name: string;
  /** `null` before the first commit. */
  readonly head: string | null;
}

/** `git merge-tree --write-tree` is there since then, and is what tells whether changes fit. */
const OLDEST = [2, 38] as const;

const OBJECT_ID = /^[0-9a-f]{40,64}$/;
/** The programs that have told that they are young enough. */
const youngEnough = new Set<string>();

/** Finds the working tree of a directory, and whether git can do what an own folder needs. */
export async function findRepository(directory: string): Promise<Result<Repository>> {
  const old = await refuseOld(directory);
  if (old !== undefined) return old;
  // Before the first commit it fails over the last word, and has told the others.
  const found = await git({ cwd: directory }, [
    ...["rev-parse", "--path-format=absolute", "--is-inside-work-tree", "--git-dir", "--git-common-dir"],
    ...["--show-toplevel", "--show-prefix", "HEAD"],
  ]);
  const [isInside, gitDir, commonDir, root, prefix, head, ...more] = textOf(found).split("\n");
  if (isInside !== "true" || gitDir === undefined || commonDir === undefined || root === undefined) {
    return notFound(directory, found.stderr);
  }
  if (more.length > 0) return failure("no_repository", `${directory}: a path with a line break cannot be copied.`);
  return done({
    ...{ root, gitDir, commonDir, prefix: prefix ?? "", name: basename(root) },
    head: head !== undefined && OBJECT_ID.test(head) ? head : null,
  });
}

async function refuseOld(directory: string) {
  const program = Bun.which("git", { PATH: process.env["PATH"] ?? "" });
  if (program === null) return noGit();
  if (youngEnough.has(program)) return undefined;
  const run = await git({ cwd: directory }, ["version"]);
  if (run.code !== 0) return gitFailure(`git could not be run in ${directory}`, run);
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(textOf(run)) ?? [];
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  if (isOld)
    return failure(
      "old_git",
      `An own folder needs git ${OLDEST.join(".")} or newer; here is ${textOf(run)}. Update git.`,
    );
  youngEnough.add(program);
  return undefined;
}

function notFound(directory: string, stderr: string) {
  if (!/not a git repository|must be run in a work tree/i.test(stderr) && stderr !== "") {
    return failure("no_repository", `git does not open the repository of ${directory}: ${stderr}`);
  }
  return failure(
    "no_repository",
    `An own folder needs a working tree of git, and ${directory} is in none. ` +
      `Make it one (git init), or start the agent with isolation "none", in the shared folder.`,
  );
}
