import { join } from "node:path";
import { buildPage } from "./build-canvas/build-page.ts";
import { pageDigest, writtenDigest } from "./build-canvas/page-digest.ts";
import { firstLoad } from "./build-canvas/first-load.ts";

// Builds the page of the canvas into `dist/canvas`, where the plugin and the package expect it; `--sizes` says what a
// browser loads first. Nothing is done when it is up to date.

const root = join(import.meta.dir, "..");
const target = join(root, "dist/canvas");

const digest = await pageDigest(root);
if ((await writtenDigest(target)) !== digest) {
  const startedAt = performance.now();
  await buildPage(root, target, digest);
  console.error(`Built the canvas in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
}
if (process.argv.includes("--sizes")) {
  const files = await firstLoad(target);
  for (const { name, bytes, gzipBytes } of files) console.log(`${name}  ${bytes} bytes, ${gzipBytes} gzipped`);
  console.log(`first load: ${files.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0)} bytes gzipped`);
}
