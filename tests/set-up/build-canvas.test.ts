import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildCanvas, CANVAS_TARGET } from "../../scripts/build/build-canvas.ts";
import { firstLoad } from "../../scripts/build/first-load.ts";
import { putInPlace } from "../../scripts/build/put-in-place.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const ROOT = join(import.meta.dir, "../..");

/** What only Mermaid says: of the names of its diagrams the page knows some. */
const OF_MERMAID = "Syntax error in text";

/** A checkout with a page of three lines. */
function smallCheckout() {
  const root = temporaryFolder();
  mkdirSync(join(root, "src/canvas/page/drawing-frame"), { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(root, "src/canvas/page", name), text);
  write(
    "index.html",
    '<!doctype html><head><title>Plan</title></head><script type="module" src="./main.tsx"></script>',
  );
  write("page.css", "p { color: red }");
  write("drawing-frame/frame.ts", 'console.log("draws");');
  write("later.ts", 'export const later = "loaded later";');
  write("main.tsx", 'import "./page.css"; console.log("first"); void import("./later.ts").then(console.log);');
  const html = () => readFileSync(join(root, CANVAS_TARGET, "index.html"), "utf8");
  return { root, write, html, target: join(root, CANVAS_TARGET) };
}

test("the built page names its script and its style, and what is loaded later is in a file of its own", async () => {
  const { root, html, target } = smallCheckout();
  expect(await buildCanvas(root)).toBe(true);
  const [, script = ""] = /<script type="module" src="\/(assets\/main-\w+\.js)"><\/script>/.exec(html()) ?? [];
  const text = readFileSync(join(target, script), "utf8");
  expect(text).toContain("first");
  expect(text).not.toContain("loaded later");
  const [, style = ""] = /<link rel="stylesheet" href="\/(assets\/[\w-]+\.css)"/.exec(html()) ?? [];
  expect(readFileSync(join(target, style), "utf8")).toContain("color:red");
  const later = readdirSync(join(target, "assets")).filter((name) =>
    readFileSync(join(target, "assets", name), "utf8").includes("loaded later"),
  );
  expect(later).toHaveLength(1);
  expect((await firstLoad(target)).map(({ name }) => name)).not.toContain(later[0]);
});

test("it is built again when a source has changed, and only then", async () => {
  const { root, write, html } = smallCheckout();
  await buildCanvas(root);
  const before = html();
  expect(await buildCanvas(root)).toBe(false);
  write("main.tsx", 'console.log("second");');
  expect(await buildCanvas(root)).toBe(true);
  expect(html()).not.toBe(before);
});

test("a page that cannot be built is an error with the place, and the one before stays", async () => {
  const { root, write, html } = smallCheckout();
  await buildCanvas(root);
  const before = html();
  write("main.tsx", 'import "./nowhere.ts";');
  expect(await buildCanvas(root).catch(String)).toContain("nowhere.ts");
  expect(html()).toBe(before);
  write("main.tsx", 'console.log("well");');
  write("index.html", "<!doctype html><p>no script</p>");
  expect(await buildCanvas(root).catch(String)).toContain("index.html has no <script");
  expect(readdirSync(join(root, "dist"))).toEqual(["canvas"]);
});

test("of many builds at once one is there, and whole", async () => {
  const target = join(temporaryFolder(), "dist/built");
  const build = async (name: string) =>
    await putInPlace(target, async (folder) => {
      await Promise.all(["one", "two"].map(async (file) => await writeFile(join(folder, file), name)));
    });
  await Promise.all(Array.from({ length: 50 }, (_, index) => build(String(index))));
  expect(readFileSync(join(target, "one"), "utf8")).toBe(readFileSync(join(target, "two"), "utf8"));
  expect(readdirSync(dirname(target))).toEqual(["built"]);
});

test("the canvas itself is shown after less than 250 KB, and Mermaid is not in it", async () => {
  await buildCanvas(ROOT);
  const files = await firstLoad(join(ROOT, CANVAS_TARGET));
  expect(files.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0)).toBeLessThan(250_000);
  const texts = files.map(({ name }) => join(ROOT, CANVAS_TARGET, name.endsWith(".html") ? name : `assets/${name}`));
  const holding = texts.filter((path) => readFileSync(path, "utf8").includes(OF_MERMAID));
  expect(holding).toEqual([]);
  const later = readdirSync(join(ROOT, CANVAS_TARGET, "assets")).map((name) =>
    join(ROOT, CANVAS_TARGET, "assets", name),
  );
  expect(later.filter((path) => readFileSync(path, "utf8").includes(OF_MERMAID))).not.toEqual([]);
});
