import type { BunPlugin } from "bun";
import { join } from "node:path";
import { putInPlace } from "./put-in-place.ts";
import { sourceDigest, writeDigest, writtenDigest } from "./source-digest.ts";

/** Where the built plugin is, in a checkout as in the package. */
export const PLUGIN_TARGET = "dist/plugin";

const SOURCES = ["index.ts", "src/**/*.ts"];
/** Small, or needed at each start: one file is read faster than many. All others stay libraries of their own. */
const BUNDLED = new Set(["zod", "ulid", "fastest-levenshtein", "unbash"]);

/** What the host has at hand for the terminal half: another copy would draw on another screen. */
const OF_THE_HOST = ["@opentui/core", "@opentui/keymap", "@opentui/solid", "solid-js"];
/** The halves of the package. They run in threads of their own, so each is built by itself. */
const ENTRIES = ["index.ts", "src/terminal/tui.ts"];

/** What Mermaid draws with, 4 MB of it. The plugin only parses: the page draws. */
const DRAWING = /^(?:elkjs|katex|cytoscape)/;

const withoutDrawing: BunPlugin = {
  name: "without-drawing",
  setup(build) {
    build.onResolve({ filter: DRAWING }, ({ path }) => ({ path, namespace: "drawing" }));
    build.onLoad({ filter: /./, namespace: "drawing" }, () => ({
      contents: "export default { use() {} };",
      loader: "js",
    }));
  },
};

/** Whether what is built is what the sources say. */
export async function isPluginBuilt(root: string): Promise<boolean> {
  return (await writtenDigest(join(root, PLUGIN_TARGET))) === (await sourceDigest(root, SOURCES));
}

/**
 * Builds the plugin as the package ships it, where it is not up to date: opencode waits for the plugin at its start, and
 * reads a few files of JavaScript in less time than a hundred of TypeScript.
 *
 * @returns whether there was something to build
 * @throws Error with what the bundler has to say
 */
export async function buildPlugin(root: string): Promise<boolean> {
  const target = join(root, PLUGIN_TARGET);
  const digest = await sourceDigest(root, SOURCES);
  if ((await writtenDigest(target)) === digest) return false;
  const { dependencies } = (await Bun.file(join(root, "package.json")).json()) as {
    dependencies: Record<string, string>;
  };
  const libraries = Object.keys(dependencies).filter((name) => !BUNDLED.has(name));
  await putInPlace(target, async (folder) => {
    for (const entry of ENTRIES) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- each takes all of the processor
      await Bun.build({
        entrypoints: [join(root, entry)],
        outdir: folder,
        target: "bun",
        splitting: true,
        // Names and lines stay readable: what a user reports is a stack.
        minify: { whitespace: false, identifiers: false, syntax: true },
        external: [...libraries, ...OF_THE_HOST].flatMap((name) => [name, `${name}/*`]),
        plugins: [withoutDrawing],
        naming: { entry: "[name].[ext]", chunk: "[name]-[hash].[ext]" },
      });
    }
    await writeDigest(folder, digest);
  });
  return true;
}
