import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { lstat, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { isMissing } from "../lib/is-missing.ts";
import { isNumber, isText, listOf, oneOf, shape, type Checked } from "../lib/shape.ts";
import { git, listOf as wordsOf, type GitPlace } from "./git.ts";

/** What a working tree was when it was last taken down, beside the index that knows its files. */
const isKept = shape({
  schemaVersion: oneOf("1"),
  /** How it was taken down, and every file outside of the tree that has a say in what is in it, as it was then. */
  settings: isText,
  sources: listOf(shape({ path: isText, stamp: isText })),
  tree: isText,
  leftOut: listOf(isText),
  /** Those files of the index that git does not track. */
  untracked: listOf(isText),
  /** Those that git was told not to look at, and that are not there. */
  unseen: listOf(isText),
  /** When git had looked at the files, in whole seconds since 1970. */
  lookedAt: isNumber,
});
export type KeptTree = Checked<typeof isKept>;
type Source = KeptTree["sources"][number];

/** A kept tree with its index. */
export interface Kept {
  readonly tree: KeptTree;
  readonly index: Uint8Array<ArrayBuffer>;
}

const ENDING = ".kept";
const LINE_BREAK = 10;
/** One that was not written for so long is made anew where it is missed. */
const KEPT_MS = 7 * 86_400_000;

/** The file that keeps a working tree. */
export function keptPathOf(folder: string, gitDir: string): string {
  return join(folder, `${createHash("sha256").update(gitDir).digest("hex").slice(0, 16)}${ENDING}`);
}

/**
 * What is kept of a working tree; `undefined`: nothing, or something has changed that decides on what is in it.
 *
 * @param settings how it is to be taken down
 */
export async function readKept(path: string, commonDir: string, settings: string): Promise<Kept | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const end = bytes.indexOf(LINE_BREAK);
  const tree = parse(bytes.subarray(0, Math.max(0, end)).toString());
  if (tree?.settings !== settings) return undefined;
  const now = await stamped(tree.sources.map((source) => source.path));
  if (tree.sources.some(({ stamp }, index) => stamp !== now[index]!.stamp)) return undefined;
  if (tree.unseen.some((file) => existsSync(file))) return undefined;
  return (await isThere(commonDir, tree.tree)) ? { tree, index: new Uint8Array(bytes.subarray(end + 1)) } : undefined;
}

/** Keeps a working tree. What cannot be kept is taken down anew the next time. */
export async function writeKept(path: string, { tree, index }: Kept): Promise<void> {
  const temporary = `${path}.${Math.floor(Math.random() * 2 ** 32)}`;
  try {
    const head = new TextEncoder().encode(`${JSON.stringify(tree)}\n`);
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(Buffer.concat([head, index]));
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Puts a kept index where git can work with it. */
export async function placeIndex(path: string, { tree, index }: Kept): Promise<void> {
  await writeFile(path, index);
  // What has changed in the second in which git looked is looked at again only where the index does not seem younger.
  await utimes(path, tree.lookedAt, tree.lookedAt);
}

/** Removes what is kept of working trees that nobody has taken down for long, or that was not written to its end. */
export async function removeOldKept(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!/^[0-9a-f]{16}\.kept(?:\.\d+)?$/.test(name)) continue;
    const path = join(folder, name);
    const status = await stat(path).catch(() => undefined);
    if (status !== undefined && now - status.mtimeMs > KEPT_MS) await rm(path, { force: true });
  }
}

/** What git keeps for all working trees of a repository, by what it keeps for one. */
export async function commonDirOf(gitDir: string): Promise<string> {
  const common = await readFile(join(gitDir, "commondir"), "utf8").catch(() => ".");
  return resolve(gitDir, common.trim());
}

/**
 * The files outside of a tree that decide on what git sees in it, as they are now: all configuration, and what it names as
 * lists of what to ignore. `undefined`: git does not say.
 */
export async function sourcesOf(place: GitPlace, commonDir: string): Promise<readonly Source[] | undefined> {
  const run = await git(place, ["config", "--list", "--show-origin", "-z"]);
  if (run.code !== 0) return undefined;
  const words = wordsOf(run);
  const paths = new Set(["config", "info/exclude", "info/attributes"].map((name) => join(commonDir, name)));
  const home = process.env["HOME"] ?? homedir();
  const user = process.env["XDG_CONFIG_HOME"] ?? join(home, ".config");
  for (const name of ["config", "ignore", "attributes"]) paths.add(join(user, "git", name));
  paths.add(join(home, ".gitconfig"));
  if (place.gitDir !== undefined) paths.add(join(place.gitDir, "config.worktree"));
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [origin = "", setting = ""] = [words[at], words[at + 1]];
    if (origin.startsWith("file:")) paths.add(resolve(place.cwd, origin.slice("file:".length)));
    const [, named] = /^core\.(?:excludesfile|attributesfile)\n(.+)$/s.exec(setting) ?? [];
    if (named !== undefined) paths.add(resolve(place.cwd, named.replace(/^~(?=\/)/, home)));
  }
  return await stamped([...paths]);
}

/** The files that decide on what git sees of untracked ones, and that git does not tell of itself. */
export async function sourcesAround(root: string, untracked: readonly string[]): Promise<readonly Source[]> {
  const folders = new Set<string>();
  for (const name of untracked) {
    for (let at = dirname(name); at !== "." && !folders.has(at); at = dirname(at)) folders.add(at);
  }
  return await stamped(
    [...folders].flatMap((folder) => [".git", ".gitignore"].map((name) => join(root, folder, name))),
  );
}

/** Files as they are now. */
export async function stamped(paths: readonly string[]): Promise<readonly Source[]> {
  return await Promise.all(paths.map(async (path) => ({ path, stamp: await stampOf(path) })));
}

/** Another one for every file that takes the place of this one, or is written to; empty: there is none. */
async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(" ");
  } catch {
    return "";
  }
}

/** A tree that no ref leads to is gone some weeks later. */
async function isThere(commonDir: string, id: string): Promise<boolean> {
  try {
    await lstat(join(commonDir, "objects", id.slice(0, 2), id.slice(2)));
    return true;
  } catch (error) {
    if (!isMissing(error)) return false;
  }
  return (await git({ cwd: commonDir, gitDir: commonDir }, ["cat-file", "-e", id])).code === 0;
}

function parse(text: string): KeptTree | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isKept(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
