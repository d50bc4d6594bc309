import { join } from "node:path";
import { buildCanvas, TARGET } from "./build-canvas/build-canvas.ts";
import { firstLoad } from "./build-canvas/first-load.ts";

// Builds the page of the canvas into `dist/canvas`, where the plugin and the package expect it; `--sizes` says what a
// browser loads first.

const root = join(import.meta.dir, "..");
const startedAt = performance.now();
if (await buildCanvas(root)) {
  console.error(`Built the canvas in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
}
if (process.argv.includes("--sizes")) {
  const files = await firstLoad(join(root, TARGET));
  for (const { name, bytes, gzipBytes } of files) console.log(`${name}  ${bytes} bytes, ${gzipBytes} gzipped`);
  console.log(`first load: ${files.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0)} bytes gzipped`);
}
