import { join } from "node:path";
import { buildPage } from "./build-page.ts";
import { pageDigest, writtenDigest } from "./page-digest.ts";

/** Where the built page is, in a checkout as in the package. */
export const TARGET = "dist/canvas";

/**
 * Builds the page of the canvas where it is not up to date.
 *
 * @returns whether there was something to build
 * @throws Error with what the bundler has to say
 */
export async function buildCanvas(root: string): Promise<boolean> {
  const target = join(root, TARGET);
  const digest = await pageDigest(root);
  if ((await writtenDigest(target)) === digest) return false;
  await buildPage(root, target, digest);
  return true;
}
