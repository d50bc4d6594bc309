import { lstat, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { removeFolder } from "./worktree.ts";
import type { FolderState } from "./folder-state.ts";
import { git, listOf } from "./git.ts";

/** Patterns, as of `.gitignore`, of ignored files that agents need all the same. */
const INCLUDE_FILE = ".worktreeinclude";
const MODULES = "node_modules";
/** What opencode and its agents go by, also where git is to know nothing of it. */
const CONFIGURATION = ["opencode.json", "opencode.jsonc", ".opencode", "AGENTS.md"];

/** What a copy gets beside the files that git knows. Paths are below the root. */
export interface BroughtIn {
  /** A copy of its own; the blocks are shared where the disk can. */
  readonly copied: readonly string[];
  /** Read by many, changed by nobody: where blocks cannot be shared, the files are. */
  readonly shared: readonly string[];
}

/** What an agent's copy lacks that is in the caller's working tree. */
export async function whatIsLacking({ original, prefix, gitDir }: LackingIn): Promise<BroughtIn> {
  const included = await includedFiles(original, gitDir);
  const places = [...new Set(["", prefix])];
  const configuration = await there(
    original,
    places.flatMap((place) => CONFIGURATION.map((name) => `${place}${name}`)),
  );
  const copied = [...new Set([...(included ?? []), ...configuration])];
  const shared = included === undefined ? await there(original, [MODULES], true) : [];
  return { copied, shared };
}

type LackingIn = Pick<FolderState, "original" | "prefix" | "gitDir">;

/** Why the modules of a project will not be in its copy, where they cannot be. */
export async function whyNoModules({ original, gitDir }: LackingIn, states: string): Promise<string | undefined> {
  const [modules] = await there(original, [MODULES], true);
  if (modules === undefined || (await isThere(join(original, INCLUDE_FILE)))) return undefined;
  const ignored = await git({ cwd: original, gitDir }, ["check-ignore", "-q", "--", MODULES]);
  if (ignored.code !== 0) return undefined;
  const [from, to] = await Promise.all([stat(original), stat(states)]);
  if (from.dev === to.dev) return undefined;
  return `${MODULES} is not there: it lies on another disk, and would take its whole size (name it in ${INCLUDE_FILE} to copy it).`;
}

/**
 * Brings what is lacking into a copy, as far as it can be.
 *
 * @returns what could not be brought in, with the reason
 */
export async function bringIn(original: string, copy: string, { copied, shared }: BroughtIn): Promise<string[]> {
  const failed: string[] = [];
  for (const path of copied) failed.push(...(await bring(original, copy, path, [cloning("auto")])));
  for (const path of shared) failed.push(...(await bring(original, copy, path, [cloning("always"), ["-al"]])));
  return failed;
}

function cloning(when: "auto" | "always"): string[] {
  if (process.platform === "darwin") return when === "always" ? ["-Rpc"] : ["-Rp"];
  return ["-a", `--reflink=${when}`];
}

/** By the first way that works. */
async function bring(original: string, copy: string, path: string, ways: readonly string[][]): Promise<string[]> {
  const target = join(copy, path);
  if (await isThere(target)) return [];
  await mkdir(dirname(target), { recursive: true });
  let why = "";
  for (const options of ways) {
    const child = Bun.spawn(["cp", ...options, "--", join(original, path), target], {
      stdout: "ignore",
      stderr: "pipe",
    });
    why = (await child.stderr.text()).trim().split("\n").at(-1) ?? "";
    if ((await child.exited) === 0) return [];
    await removeFolder(target);
  }
  return [`${path} (${why})`];
}

/** The files that the patterns name and git does not know; `undefined` where there are no patterns. */
async function includedFiles(original: string, gitDir: string): Promise<string[] | undefined> {
  if (!(await isThere(join(original, INCLUDE_FILE)))) return undefined;
  const listing = ["ls-files", "-z", "--others", "--ignored", "--directory", `--exclude-from=${INCLUDE_FILE}`];
  const listed = await git({ cwd: original, gitDir }, listing);
  return listed.code === 0 ? listOf(listed).map((path) => path.replace(/\/$/, "")) : [];
}

async function there(original: string, names: readonly string[], onlyFolders = false): Promise<string[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const status = await lstat(join(original, name)).catch(() => undefined);
      const isWanted = status?.isDirectory() === true || (status !== undefined && !onlyFolders);
      return isWanted ? [name] : [];
    }),
  );
  return found.flat();
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
