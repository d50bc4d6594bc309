import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { putInPlace } from "./put-in-place.ts";
import { writeDigest } from "./source-digest.ts";

const PAGE = "src/canvas/page";
/** What in a document names its script. */
const ENTRY = /<script type="module" src="(\.\/[\w-]+\.tsx)"/;
/** The script of the frame in which diagrams are drawn. */
const FRAME = `${PAGE}/drawing-frame/frame.ts`;
const PRODUCTION = { "process.env.NODE_ENV": '"production"' };

/**
 * Builds the pages, each by itself: none loads what only another one needs. Names hold a digest of the content; code that is imported lazily is in files of its own.
 *
 * @throws Error with what the bundler has to say
 */
export async function buildPage(root: string, target: string, digest: string): Promise<void> {
  await putInPlace(target, async (folder) => {
    const assets = join(folder, "assets");
    const frame = await buildFrame(join(root, FRAME), assets);
    const documents = (await readdir(join(root, PAGE))).filter((name) => name.endsWith(".html"));
    for (const document of documents) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- each takes all of the processor
      const html = await readFile(join(root, PAGE, document), "utf8");
      const [, entry] = ENTRY.exec(html) ?? [];
      if (entry === undefined) throw new Error(`${PAGE}/${document} has no <script type="module" src="./….tsx">.`);
      // oxlint-disable-next-line eslint/no-await-in-loop
      const names = await bundle(join(root, PAGE, entry), assets, frame);
      // oxlint-disable-next-line eslint/no-await-in-loop
      await writeFile(join(folder, document), withNames(html, entry, names));
    }
    await writeDigest(folder, digest);
  });
}

interface Names {
  readonly script: string;
  readonly styles: readonly string[];
}

/** The script is the entry, not the document: with `splitting`, Bun 1.3.14 makes a page that names the wrong chunk. */
async function bundle(entry: string, outdir: string, frame: string): Promise<Names> {
  const { success, logs, outputs } = await Bun.build({
    entrypoints: [entry],
    outdir,
    target: "browser",
    minify: true,
    splitting: true,
    sourcemap: "none",
    publicPath: "/assets/",
    naming: "[name]-[hash].[ext]",
    define: { ...PRODUCTION, DRAWING_FRAME: JSON.stringify(`/assets/${frame}`) },
    throw: false,
  });
  if (!success) throw new Error(`The canvas cannot be built:\n${logs.map(String).join("\n")}`);
  const script = outputs.find(({ kind }) => kind === "entry-point");
  if (script === undefined) throw new Error(`${entry} made no script.`);
  const styles = outputs.filter(({ path }) => path.endsWith(".css"));
  return { script: basename(script.path), styles: styles.map(({ path }) => basename(path)) };
}

/**
 * One document with its script in it: a frame of no origin can fetch none.
 *
 * @returns its name
 */
async function buildFrame(entry: string, folder: string): Promise<string> {
  const { success, logs, outputs } = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    format: "iife",
    minify: true,
    define: PRODUCTION,
    throw: false,
  });
  const [script] = outputs;
  if (!success || script === undefined)
    throw new Error(`The frame of diagrams cannot be built:\n${logs.map(String).join("\n")}`);
  // What would end the script, or begin another one, stands in texts and patterns only.
  const code = (await script.text()).replaceAll(/<(?=\/?script|!--)/gi, String.raw`\x3C`);
  const html = `<!doctype html><meta charset="utf-8"><title>Draws diagrams</title><body><script>${code}</script>`;
  const name = `drawing-${Bun.hash(html).toString(36)}.html`;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), html);
  return name;
}

/** The document, with the names of what was built in the place of the sources'. */
function withNames(html: string, entry: string, { script, styles }: Names): string {
  const links = styles.map((name) => `<link rel="stylesheet" href="/assets/${name}" />`).join("");
  const rewriter = new HTMLRewriter()
    .on("head", { element: (head) => void head.append(links, { html: true }) })
    .on(`script[src="${entry}"]`, { element: (element) => void element.setAttribute("src", `/assets/${script}`) });
  return rewriter.transform(html);
}
