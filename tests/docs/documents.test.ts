import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { optionList } from "../../scripts/docs/option-list.ts";
import { optionsPage } from "../../scripts/docs/options-page.ts";
import { optionsSchemaFile } from "../../scripts/docs/options-schema.ts";
import { readOptions } from "../../src/config/options.ts";
import { BACKGROUND_TOOLS, PLAN_TOOLS } from "../../src/text/own-tools.ts";
import { blocks, cells, codeWords, headings, localLinks, readPages } from "./markdown.ts";

const ROOT = join(import.meta.dir, "../..");
const MOST_LINES = 150;
const MOST_CHARACTERS = 120;
/** Words in this form are options. */
const OPTION =
  /^(?:background[A-Z]\w*|loop[A-Z]\w*|fleet[A-Z]\w*|plan(?:Open|Gate)\w*|max[A-Z]\w*|min[A-Z]\w*|warm[A-Z]\w*|\w+Dir|announce(?:Batch)?|onExit|kill[A-Z]\w*|\w+Agents|opencodeBinary|logRotation\w*)(?=$|:)/;
/** Read by the set-up, and by what an agent's shell starts. */
const OTHER_VARIABLES = ["BIZAR_CHROMIUM", "BIZAR_SHELL_OF", "BIZAR_SLOT"];
/** What a command of the user's is told in. */
const NOTICE = ["EVENT", "AGENT", "TITLE", "ID", "STATUS", "REASON", "TEXT", "SUBJECT"].map((name) => `BIZAR_${name}`);

const pages = await readPages();
const options = await optionList();

test.each(pages.map((page) => [page.path, page] as const))(
  "%s is short, and so are the cells of its tables",
  (path, page) => {
    if (path !== "CHANGELOG.md") expect(page.text.trimEnd().split("\n").length).toBeLessThanOrEqual(MOST_LINES);
    expect(cells(page).filter((cell) => cell.length > MOST_CHARACTERS)).toEqual([]);
  },
);

test.each(pages.map((page) => [page.path, page] as const))(
  "every link of %s within the project leads somewhere",
  (_path, page) => {
    const broken = localLinks(page).filter(({ to, heading }) => {
      if (!existsSync(join(ROOT, to))) return true;
      const target = pages.find(({ path }) => path === to);
      return heading !== undefined && (target === undefined || !headings(target).includes(heading));
    });
    expect(broken).toEqual([]);
  },
);

test("every page in docs can be reached from the README", () => {
  const reached = new Set(["README.md"]);
  for (const path of reached) {
    const page = pages.find((candidate) => candidate.path === path);
    for (const { to } of page === undefined ? [] : localLinks(page)) reached.add(to);
  }
  expect(pages.filter(({ path }) => !reached.has(path))).toEqual([]);
});

test("every option and variable that a document names exists", () => {
  const names = new Set(options.map(({ name }) => name));
  const variables = new Set([...blockVariables(), ...OTHER_VARIABLES, ...NOTICE]);
  const unknown = pages
    .filter(({ path }) => path !== "CHANGELOG.md")
    .flatMap((page) =>
      codeWords(page).flatMap((word) => {
        const option = OPTION.exec(word)?.[0];
        const variable = /^BIZAR_[A-Z_]+/.exec(word)?.[0];
        const isKnown =
          (option === undefined || names.has(option)) && (variable === undefined || variables.has(variable));
        return isKnown ? [] : [`${page.path}: ${word}`];
      }),
    );
  expect(unknown).toEqual([]);
});

/** The page on options tells of all of them. */
function blockVariables(): string[] {
  return [...optionsPage(options).matchAll(/^- `(BIZAR_[A-Z_]+)/gm)].map(([, name = ""]) => name);
}

test("an example of a configuration is read without a warning", () => {
  const examples = pages.flatMap((page) => blocks(page, "json").map((text): unknown => JSON.parse(text)));
  const given = examples.flatMap((example) => {
    const plugins = (example as { plugin?: unknown[] }).plugin ?? [];
    return plugins.flatMap((entry) => (Array.isArray(entry) ? [entry[1] as unknown] : []));
  });
  expect(given.length).toBeGreaterThan(0);
  expect(given.flatMap((entry) => readOptions(entry, {}).warnings)).toEqual([]);
});

test("every script that a document has you run is one", async () => {
  const { scripts } = (await Bun.file(join(ROOT, "package.json")).json()) as { scripts: Record<string, string> };
  const named = pages.flatMap(({ text }) =>
    [...text.matchAll(/(?:bun|bun@[\d.]+) run ([a-z-]+)/g)].map(([, name = ""]) => name),
  );
  expect(named).toContain("test");
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test("the page on tools has a part for each of them", () => {
  const page = pages.find(({ path }) => path === "docs/tools.md");
  const told = (page === undefined ? [] : headings(page)).filter((heading) => heading.startsWith("bizar_"));
  expect(told.toSorted()).toEqual([...BACKGROUND_TOOLS, ...PLAN_TOOLS].toSorted());
});

test("every source file that the architecture names is there", async () => {
  const page = pages.find(({ path }) => path === "docs/architecture.md");
  const files = ["index.ts", ...new Bun.Glob("{src,scripts}/**/*.{ts,tsx}").scanSync(ROOT)].map((path) => `/${path}`);
  const named = (page === undefined ? [] : codeWords(page)).filter((word) => /^[\w./-]+\.tsx?$/.test(word));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
});

test("the page of options, and their schema for editors, are those of the configuration: else `bun run docs`", async () => {
  expect(await Bun.file(join(ROOT, "docs/options.md")).text()).toBe(optionsPage(options));
  expect(await Bun.file(join(ROOT, "docs/options.schema.json")).text()).toBe(optionsSchemaFile(options));
});

test("the schema for editors has every option with its default and range, and no other name passes", () => {
  const { definitions } = JSON.parse(optionsSchemaFile(options)) as {
    definitions: { options: { additionalProperties: boolean; properties: Record<string, Record<string, unknown>> } };
  };
  const { additionalProperties, properties } = definitions.options;
  expect(additionalProperties).toBe(false);
  expect(properties["maxConcurrentInstances"]).toMatchObject({ type: "integer", default: 8, minimum: 1, maximum: 32 });
  expect(properties["backend"]).toMatchObject({ enum: ["process", "warm"], default: "process" });
  const defaults = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, schema["default"]]));
  expect(readOptions(defaults, {}).warnings).toEqual([]);
});
