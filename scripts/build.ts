import { join } from "node:path";
import { buildCanvas, CANVAS_TARGET } from "./build/build-canvas.ts";
import { buildPlugin } from "./build/build-plugin.ts";
import { firstLoad } from "./build/first-load.ts";

// Builds what the package ships into `dist`: the page of the canvas, and the plugin; `--sizes` says what a browser loads
// first.

const root = join(import.meta.dir, "..");
const startedAt = performance.now();
const built = [await buildCanvas(root), await buildPlugin(root)];
if (built.includes(true)) console.error(`Built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
if (process.argv.includes("--sizes")) {
  const files = await firstLoad(join(root, CANVAS_TARGET));
  for (const { name, bytes, gzipBytes } of files) console.log(`${name}  ${bytes} bytes, ${gzipBytes} gzipped`);
  console.log(`first load: ${files.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0)} bytes gzipped`);
}
