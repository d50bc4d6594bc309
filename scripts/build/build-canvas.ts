import { join } from "node:path";
import { buildPage } from "./build-page.ts";
import { sourceDigest, writtenDigest } from "./source-digest.ts";

/** Where the built page is, in a checkout as in the package. */
export const CANVAS_TARGET = "dist/canvas";

/** What the page is made of: it imports the plans' model too. */
const SOURCES = ["src/canvas/**/*", "src/plans/**/*", "src/*.ts"];

/**
 * Builds the page of the canvas where it is not up to date.
 *
 * @returns whether there was something to build
 * @throws Error with what the bundler has to say
 */
export async function buildCanvas(root: string): Promise<boolean> {
  const target = join(root, CANVAS_TARGET);
  const digest = await sourceDigest(root, SOURCES);
  if ((await writtenDigest(target)) === digest) return false;
  await buildPage(root, target, digest);
  return true;
}
