import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where a built page says what it was built from. */
const DIGEST_FILE = "built-from.txt";

/** What the page is made of: it imports the plans' model too, and libraries of exactly the lock file's versions. */
const SOURCES = ["src/canvas/**/*", "src/plans/**/*", "src/*.ts", "scripts/build-canvas/*", "bun.lock"];

/** Changes with everything that the built page depends on. */
export async function pageDigest(root: string): Promise<string> {
  const found = await Promise.all(SOURCES.map((glob) => Array.fromAsync(new Bun.Glob(glob).scan({ cwd: root }))));
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
