import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where something built says what it was built from. */
const DIGEST_FILE = "built-from.txt";
/** Everything is built by these, and from libraries of exactly the lock file's versions. */
const ALWAYS = ["scripts/build/*", "bun.lock"];

/**
 * Changes with everything that a build depends on.
 *
 * @param sources patterns of paths below the root
 */
export async function sourceDigest(root: string, sources: readonly string[]): Promise<string> {
  const patterns = [...sources, ...ALWAYS];
  const found = await Promise.all(patterns.map((glob) => Array.fromAsync(new Bun.Glob(glob).scan({ cwd: root }))));
  const digest = createHash("sha256").update(`Bun ${Bun.version}\n`);
  for (const path of [...new Set(found.flat())].toSorted()) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- in this order
    digest.update(`${path}\n`).update(
      createHash("sha256")
        .update(await readFile(join(root, path)))
        .digest(),
    );
  }
  return digest.digest("hex");
}

/** @returns `undefined` where nothing is built */
export async function writtenDigest(target: string): Promise<string | undefined> {
  const file = Bun.file(join(target, DIGEST_FILE));
  return (await file.exists()) ? await file.text() : undefined;
}

export async function writeDigest(target: string, digest: string): Promise<void> {
  await Bun.write(join(target, DIGEST_FILE), digest);
}
