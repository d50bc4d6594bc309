import { expect, test } from "bun:test";
import { dirname, join, normalize } from "node:path";
import packed from "../package.json";
import { HOST_VERSION } from "../src/opencode/version.ts";
import { ASK_USER, BACKGROUND_TOOLS, PLAN_TOOLS, TELL_PARENT } from "../src/text/own-tools.ts";

const ROOT = join(import.meta.dir, "..");
/** Of types too, and those that are loaded later: what the linter sees of circles leaves `import()` out. */
const IMPORT = /(?:\bfrom |\bimport\(|^import )"(\.[^"]+)"/gm;
/** What is loaded with a file: not what it imports for a type alone, or later. */
const LOADED = /^(?:import|export) (?!type\b)(?:[^;"]*? from )?"([^"]+)"/gm;
const SCHEMAS = "src/lib/schema.ts";
const OF_ZOD = /["']zod["'/]/;
/** However it is imported: the linter sees no `import()`. */
const OF_OPENCODE = /["']@opencode-ai\//;
const OF_OWN_TOOLS = new RegExp([...BACKGROUND_TOOLS, ...PLAN_TOOLS, TELL_PARENT, ASK_USER, '"bizar_"'].join("|"));
/** Those of its names that mean nothing else here, and what is compared with a tool; one bash is a shell. */
const OF_ITS_TOOLS =
  /"(?:bash(?!", "zsh)|multiedit|apply_patch|web(?:fetch|search)|codesearch|todo(?:write|read)|plan_(?:enter|exit)|doom_loop)"|\btool(?: [!=]==|:) "/;
/** `{ bizar: … }` with anything but a word in it, a check of it, or a look into it; lines have a nonce there. */
const OF_METADATA = /\bbizar: (?:[{[(]|is\w+ ?[}(]|\w+\()|metadata(?:: | = )\{ bizar|metadata\??\.bizar\b|"bizar" in /;
const OF_THE_HOST = /^(?:@opentui\/|solid-js)/;

test("no file of the sources imports itself by way of others, be it for a type or later", async () => {
  const imports = await importsOf("src/**/*.{ts,tsx}");
  expect(imports.size).toBeGreaterThan(100);
  expect(circles(imports)).toEqual([]);
});

test("no two folders of the sources import each other", async () => {
  const folders = new Map<string, Set<string>>();
  for (const [path, named] of await importsOf("src/**/*.{ts,tsx}")) {
    const own = folderOf(path);
    const others = named.map(folderOf).filter((other) => other !== own);
    folders.set(own, new Set([...(folders.get(own) ?? []), ...others]));
  }
  expect(folders.size).toBeGreaterThan(10);
  const mutual = [...folders].flatMap(([own, others]) =>
    [...others].filter((other) => own < other && folders.get(other)?.has(own)).map((other) => [own, other]),
  );
  expect(mutual).toEqual([]);
});

test("a circle is found, however long it is", () => {
  const files = new Map([
    ["a", ["b"]],
    ["b", ["c", "d"]],
    ["c", []],
    ["d", ["a"]],
  ]);
  expect(circles(files)).toEqual([["a", "b", "d", "a"]]);
  expect(
    circles(
      new Map([
        ["a", ["b", "c"]],
        ["b", ["c"]],
        ["c", []],
      ]),
    ),
  ).toEqual([]);
  expect(circles(new Map([["a", ["a"]]]))).toEqual([["a", "a"]]);
});

test.each(["src/terminal/tui.ts", "src/plugin/agent-plugin.ts", "src/plugin/server-plugin.ts", "src/plugin/plugin.ts"])(
  "%s, which a start waits for, loads no library of schemas",
  async (entry) => {
    const seen = new Set<string>([entry]);
    const libraries = new Set<string>();
    for (const path of seen) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- each tells of the next ones
      const source = await Bun.file(join(ROOT, path)).text();
      for (const [, name = ""] of source.matchAll(LOADED)) {
        if (name.startsWith(".")) seen.add(normalize(join(dirname(path), name)));
        else libraries.add(name);
      }
    }
    expect(seen.size).toBeGreaterThan(entry.endsWith("/plugin.ts") ? 3 : 20);
    expect([...libraries].filter((name) => !name.startsWith("node:") && !OF_THE_HOST.test(name))).toEqual(
      entry.includes("terminal") ? [] : expect.not.arrayContaining([expect.stringMatching(/^zod/)]),
    );
    expect([...seen]).not.toContain(SCHEMAS);
  },
);

test.each([
  ["the library of schemas is named", OF_ZOD, SCHEMAS],
  ["what the plugin says in metadata is written, and read back,", OF_METADATA, "src/opencode/own-metadata.ts"],
  ["the plugin's own tools are named", OF_OWN_TOOLS, "src/text/own-tools.ts"],
  ["opencode's tools are named", OF_ITS_TOOLS, "src/opencode/tool-names.ts"],
])("%s in one file", async (_, pattern, home) => {
  const paths = [...new Bun.Glob("src/**/*.{ts,tsx}").scanSync(ROOT)];
  const texts = await Promise.all(paths.map(sourceOf));
  expect(paths.filter((_path, index) => pattern.test(texts[index] ?? ""))).toEqual([home]);
});

test("one folder alone takes from opencode's own packages, so that another opencode is met there", async () => {
  const paths = ["index.ts", ...new Bun.Glob("src/**/*.{ts,tsx}").scanSync(ROOT)];
  const texts = await Promise.all(paths.map(async (path) => await Bun.file(join(ROOT, path)).text()));
  const takers = paths.filter((_, index) => OF_OPENCODE.test(texts[index] ?? ""));
  expect(takers.length).toBeGreaterThan(0);
  expect(takers.filter((path) => !path.startsWith("src/opencode/"))).toEqual([]);
});

test("what opencode is like is told of one version, which one folder names", async () => {
  const paths = [...new Bun.Glob("src/**/*.{ts,tsx}").scanSync(ROOT)].filter(
    (path) => !path.startsWith("src/opencode/"),
  );
  const sources = await Promise.all(
    paths.map(async (path) => ({ path, text: await Bun.file(join(ROOT, path)).text() })),
  );
  expect(sources.filter(({ text }) => text.includes(HOST_VERSION)).map(({ path }) => path)).toEqual([]);
  expect(packed.devDependencies["opencode-ai"]).toBe(HOST_VERSION);
  expect(packed.engines.opencode).toBe(`>=${HOST_VERSION}`);
});

/** What each file names in its imports. */
async function importsOf(pattern: string): Promise<Map<string, string[]>> {
  const paths = [...new Bun.Glob(pattern).scanSync(ROOT)];
  return new Map(
    await Promise.all(
      paths.map(async (path) => {
        const named = [...(await sourceOf(path)).matchAll(IMPORT)].map(([, name = ""]) =>
          normalize(join(dirname(path), name)),
        );
        return [path, named] as const;
      }),
    ),
  );
}

/** A file without its comments of several lines. */
async function sourceOf(path: string): Promise<string> {
  return (await Bun.file(join(ROOT, path)).text()).replaceAll(/\/\*[\s\S]*?\*\//g, "");
}

function folderOf(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

/** One circle for each place at which a walk comes back to where it was. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (path: string, above: readonly string[]): void => {
    const at = above.indexOf(path);
    if (at !== -1) found.push([...above.slice(at), path]);
    if (at !== -1 || done.has(path)) return;
    for (const next of imports.get(path) ?? []) walk(next, [...above, path]);
    done.add(path);
  };
  for (const path of imports.keys()) walk(path, []);
  return found;
}
