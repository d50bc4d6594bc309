import { describe, expect, test } from "bun:test";
import { fromMarkdown } from "mdast-util-from-markdown";
import { exportMarkdown, readablePlan } from "../../src/plans/export-markdown.ts";
import type { Plan, PlanMeta } from "../../src/plans/plan.ts";
import { inReadingOrder } from "../../src/plans/reading-order.ts";
import { at, comment, connection, element, meta, plan } from "./plan-rig.ts";

function exported(more: Partial<Plan>, moreMeta: Partial<PlanMeta> = {}): string {
  return exportMarkdown({ slug: "a", plan: plan(more), meta: meta(moreMeta) });
}

/** The blocks of a document, each by its kind and, of a heading, its text. */
function blocksOf(markdown: string): readonly string[] {
  return fromMarkdown(markdown).children.map((block) => {
    if (block.type !== "heading") return block.type;
    return `${"#".repeat(block.depth)} ${block.children.map((child) => ("value" in child ? child.value : `<${child.type}>`)).join("")}`;
  });
}

describe("a plan as Markdown", () => {
  test("has its elements in their forms, its connections and its comments", () => {
    const text = exported(
      {
        title: "Log in",
        elements: [
          element("el_1", { title: "Goal", content: "**Why**\n\n- this" }),
          element("el_2", { type: "task", title: "Build", done: true, content: "now", y: 200 }),
          element("el_3", { type: "task", title: "Ship", done: false, y: 400 }),
          element("el_4", { type: "code", title: "Code", language: "ts", content: "a = `b`;", y: 600 }),
          element("el_5", { type: "diagram", title: "Flow", content: "flowchart LR\n a --> b", y: 800 }),
          element("el_6", {
            type: "question",
            title: "Which?",
            content: "A or B",
            answer: "A",
            answeredBy: "user",
            y: 1_000,
          }),
          element("el_7", { type: "image", title: "Picture", content: "data:image/png;base64,AAAA", y: 1_200 }),
        ],
        connections: [{ ...connection("conn_1", "el_1", "el_2"), label: "leads to" }],
        comments: [
          comment("c_1", {
            elementId: "el_2",
            text: "Really?",
            thread: [{ id: "r_1", author: "thor", text: "Yes.", created: at(1) }],
          }),
          comment("c_2", { text: "Fine", resolved: true }),
        ],
      },
      {
        status: "approved",
        review: { state: "decided", decision: "approved", decidedBy: "user", decidedAt: at(5), note: "Go" },
      },
    );
    expect(text).toBe(`# Log in

**Status:** approved

**Review:** approved by user on ${at(5)}

> Go

## 1. Goal

> **Why**
>
> - this

## 2. Build

- [x] Build

  > now

## 3. Ship

- [ ] Ship

## 4. Code

\`\`\`ts
a = \`b\`;
\`\`\`

## 5. Flow

\`\`\`mermaid
flowchart LR
 a --> b
\`\`\`

## 6. Which?

> A or B

**Answer:**

> A

## 7. Picture

![Picture](<data:image/png;base64,AAAA>)

## Connections

- 1\\. Goal → 2\\. Build: leads to

## Comments

- **user** on 2. Build, ${at(0)}:

  > Really?

  - **thor**, ${at(1)}:

    > Yes.

- **user** on the canvas, ${at(0)}, resolved:

  > Fine
`);
  });

  test("has a fence that is longer than any in the code", () => {
    const code = "```\n````\nend";
    const [block] = fromMarkdown(
      exported({ elements: [element("el_1", { type: "code", content: code })] }),
    ).children.slice(3);
    expect(block).toMatchObject({ type: "code", value: code });
  });
});

describe("nothing gets out of its place:", () => {
  const attacks = [
    "```\nnever closed",
    "~~~\nnever closed",
    "<!-- never closed",
    "# A heading\n\n## Another",
    "text\n===",
    "<details><script>alert(1)</script>",
    '<div title="',
    "- ```\n<!--\n  ```\n<!-- x\n",
    "# `\n x ` y ` <!-- `",
    "`<script>`",
    "```\n<b>in a fence</b>\n```\n<i>after it</i>",
    "> ```\n<!--",
    " ```\n```\n<!-- x",
    "- a\n\n  ~~~\n  ~~~\n~~~\n~~~\n<!-- x",
    '[x]: /url "\n\n</blockquote>',
    "\u0000script>\u0001",
    "line\u2028# heading\r## heading",
    "a\n\n---\n\n1. one",
  ];
  for (const content of attacks) {
    test(JSON.stringify(content), () => {
      const text = exported({
        elements: [
          element("el_1", { content }),
          element("el_2", { type: "task", content, title: content.slice(0, 60), y: 200 }),
          element("el_3", { type: "question", content, answer: content, y: 400 }),
          element("el_4", { type: "code", content, language: content, y: 600 }),
          element("el_5", { type: "diagram", content, y: 800 }),
          element("el_6", { title: "The end", y: 1_000 }),
        ],
        comments: [comment("c_1", { text: content, author: content })],
      });
      const blocks = blocksOf(text);
      const headings = blocks.filter((block) => block.startsWith("#"));
      expect(headings).toHaveLength(8);
      expect([headings[6], headings[7]]).toEqual(["## 6. The end", "## Comments"]);
      const rest = blocks.filter((block) => !block.startsWith("#"));
      expect(rest).toEqual([
        "paragraph",
        "blockquote",
        "list",
        "blockquote",
        "paragraph",
        "blockquote",
        "code",
        "code",
        "list",
      ]);
      expect(tagsIn(fromMarkdown(text)).filter((tag) => !["<code>", "</code>"].includes(tag))).toEqual([]);
    });
  }

  test("to be read as it is, it has the box of a task beside its title, which is there once", () => {
    const task = { type: "task", title: "Build", done: true, content: "now" } as const;
    const elements = [element("el_1", task), element("el_2", { type: "task", title: "Ship", y: 200 })];
    const text = readablePlan({ slug: "a", plan: plan({ title: "T", elements }), meta: meta() });
    expect(text.split("\n").slice(4)).toEqual(["## [x] 1. Build", "", "> now", "", "## [ ] 2. Ship", ""]);
  });

  test("a long line of code whose end is missing takes no time", () => {
    const began = performance.now();
    const text = exported({ elements: [element("el_1", { content: `\`${"<a>".repeat(100_000)}` })] });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(text).toContain("&lt;a>&lt;a>");
  });

  test("an image that is no image is left out", () => {
    expect(
      exported({ elements: [element("el_1", { type: "image", content: "data:image/png,>)<script>" })] }),
    ).not.toContain("script");
  });
});

describe("the reading order", () => {
  test("is along the arrows, whatever the places", () => {
    const elements = [element("el_c", { x: 0 }), element("el_a", { x: 900 }), element("el_b", { x: 500 })];
    const connections = [connection("conn_1", "el_a", "el_b"), connection("conn_2", "el_b", "el_c")];
    expect(inReadingOrder({ elements, connections }).map(({ id }) => id)).toEqual(["el_a", "el_b", "el_c"]);
  });

  test("is by columns where there are no arrows, and ends in a circle", () => {
    const elements = [
      element("el_d", { x: 410 }),
      element("el_b", { x: 12, y: 300 }),
      element("el_a", { x: 20 }),
      element("el_c", { x: 400, y: -5 }),
    ];
    const circle = [connection("conn_1", "el_a", "el_b"), connection("conn_2", "el_b", "el_a")];
    expect(inReadingOrder({ elements, connections: [] }).map(({ id }) => id)).toEqual(["el_a", "el_b", "el_c", "el_d"]);
    expect(inReadingOrder({ elements, connections: circle })).toHaveLength(4);
  });
});

function tagsIn(node: ReturnType<typeof fromMarkdown> | { type: string }): readonly string[] {
  const own = node.type === "html" && "value" in node ? [String(node.value)] : [];
  const children = "children" in node ? (node.children as { type: string }[]) : [];
  return [...own, ...children.flatMap(tagsIn)];
}
