import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { ELEMENT_TYPES, kindOf, shownType, typeName } from "../../src/plans/element-kinds.ts";

const SOURCES = join(import.meta.dir, "../../src");
/** Where a kind is told from others: what is compared with its name, and what a style sheet picks by it. */
const TOLD_APART = /(?:type\)? ?[!=]== |\bcase |\[data-type=)"(?<kind>[a-z]+)"/g;
/** What content is has such names too, and the markup of Markdown. */
const ALSO_NAMES_OF_OTHERS = new Set(["text", "code", "diagram"]);

test("kinds are told apart by their table: no other file of plans and of the page asks for one by name", async () => {
  const kinds = new Set<string>(ELEMENT_TYPES.filter((type) => !ALSO_NAMES_OF_OTHERS.has(type)));
  const asking: string[] = [];
  for (const path of new Bun.Glob("{plans,canvas,host/plans,host/tools}/**/*.{ts,tsx,css}").scanSync(SOURCES)) {
    if (path === "canvas/page/elements/kinds.css") continue;
    const text = await Bun.file(join(SOURCES, path)).text();
    const named = [...text.matchAll(TOLD_APART)].filter(({ groups }) => kinds.has(groups?.["kind"] ?? ""));
    asking.push(...named.map(([asked]) => `${path}: ${asked}`));
  }
  expect(asking).toEqual([]);
});

describe.each([...ELEMENT_TYPES])("the kind %s", (type) => {
  test("has a tone of its own on light and on dark ground", async () => {
    const styles = await Bun.file(join(SOURCES, "canvas/page/elements/kinds.css")).text();
    expect(styles.match(new RegExp(`--tone-${type}: #`, "g"))).toHaveLength(2);
    expect(styles).toContain(`[data-type="${type}"],\n.map-${type} {\n  --tone: var(--tone-${type});`);
  });

  test("is called by its title", () => {
    expect([shownType(type), typeName(type)]).toEqual([type, kindOf(type).title]);
  });
});

test.each(["sticker", "constructor", "__proto__", ""])("an element of the kind %p is shown as text", (type) => {
  expect([shownType(type), typeName(type), kindOf(type)]).toEqual(["text", type, kindOf("text")]);
});
