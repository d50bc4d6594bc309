import { expect, test } from "bun:test";
import { markdownPlan } from "../../src/plans/markdown-plan.ts";

const short = (markdown: string) =>
  markdownPlan(markdown).elements.map(({ type, title, section = "", done = false, language = "" }) =>
    [type, title, section, done ? "done" : "", language].join("|"),
  );

test("headings are sections, items of lists tasks, fences code and diagrams, the rest text under its heading", () => {
  const markdown = `---
date: now
---
# New login

## Goal

People sign in **without** a password.

| a | b |
| - | - |
| 1 | 2 |

## Phase 1: the table

- [x] Add the \`tokens\` table
- [ ] Send the mail
  at most 5 an hour

  \`\`\`sql
  select 1;
  \`\`\`
1. Then [measure](https://example.org)

### The query

\`\`\`SQL
select *
  from tokens;
\`\`\`

\`\`\`mermaid
flowchart LR
  A --> B
\`\`\`

> Passkeys later.

~~~wireframe
[ Mail ]
~~~
`;
  expect(markdownPlan(markdown).title).toBe("New login");
  expect(short(markdown)).toEqual([
    "text|Goal|Goal||",
    "task|Add the `tokens` table|Phase 1: the table|done|",
    "task|Send the mail|Phase 1: the table||",
    "task|Then measure|Phase 1: the table||",
    "code|The query|Phase 1: the table||sql",
    "diagram|The query|Phase 1: the table||",
    "note|The query|Phase 1: the table||",
    "mockup|The query|Phase 1: the table||",
  ]);
  const contents = markdownPlan(markdown).elements.map(({ content }) => content);
  expect(contents[0]).toBe("People sign in **without** a password.\n\n| a | b |\n| - | - |\n| 1 | 2 |");
  expect(contents[2]).toBe("at most 5 an hour\n\n```sql\nselect 1;\n```");
  expect(contents[4]).toBe("select *\n  from tokens;");
  expect(contents[6]).toBe("Passkeys later.");
});

test.each([
  ["text without any heading", "Only words.", undefined, ["text|Text|||"]],
  ["a list alone", "* one\n* two", undefined, ["task|one|||", "task|two|||"]],
  ["headings of one level", "# A\nx\n# B\n- y", undefined, ["text|A|A||", "task|y|B||"]],
  ["a heading that is underlined", "Plan\n====\n\nStep\n----\n- y", "Plan", ["task|y|Step||"]],
  ["a single heading", "## Only\n- y", undefined, ["task|y|Only||"]],
  ["marks of code in code", "## A\n````md\n```\n# no heading\n```\n````", undefined, ["code|A|A||md"]],
  ["a fence that never ends", "## A\n```js\nlet a", undefined, ["code|A|A||js"]],
  ["lines of Windows", "# T\r\n## A\r\n- [X] y\r\n", "T", ["task|y|A|done|"]],
  ["a title in front matter", "---\ntitle: \"A 'b'\"\nby: x\n---\n- y", "A 'b'", ["task|y|||"]],
  ["a text between rules", "---\n\nWords\n\n---\n- y", undefined, ["text|Text|||", "task|y|||"]],
  [
    "tasks under headings in a section",
    "# T\n## One\n### Back\n- a\n#### Deep\ny\n### Front\nx\n- b\n### More\nz\n## Two\n- c",
    "T",
    [
      "task|a|One: Back||",
      "text|Deep|One: Back||",
      "text|Front|One: Front||",
      "task|b|One: Front||",
      "text|More|One||",
      "task|c|Two||",
    ],
  ],
  ["headings with nothing below", "# T\n## A\n### B\n## C\n", "T", ["text|B|A||", "text|C|C||"]],
  [
    "an item that goes on",
    "- one\nand on\n\nno more\n- two\n> said",
    undefined,
    ["task|one|||", "text|Text|||", "task|two|||", "note|Note|||"],
  ],
  ["items in items, by tabs", "- one\n\t- in it\n\t- also\n1) two", undefined, ["task|one|||", "task|two|||"]],
  ["code in a line that looks like a fence", "```a``` is code\n- y", undefined, ["text|Text|||", "task|y|||"]],
  [
    "a fence of tildes in a list",
    "- one\n  ~~~js\n  - no item\n  ~~~\n- two",
    undefined,
    ["task|one|||", "task|two|||"],
  ],
  ["code by its indent", "# A\n\n    let a\n", undefined, ["text|A|A||"]],
  [
    "HTML with what looks like an item",
    "<details>\n- none\n</details>\n\n- y",
    undefined,
    ["text|Text|||", "task|y|||"],
  ],
  ["a remark with what looks like a heading", "<!--\n# none\n-->\n- y", undefined, ["text|Text|||", "task|y|||"]],
  ["an item that begins with code", "# A\n- ```sh\n  - no item\n  ```\n- y", undefined, ["task|A|A||", "task|y|A||"]],
  ["a rule of stars, and rules between", "# A\n* * *\nx\n\n---\n\ny", undefined, ["text|A|A||"]],
  ["a heading in an item", "1. # Head\n   x\n2. b", undefined, ["task|Head|||", "task|b|||"]],
  ["what is nested too deep", `${">".repeat(60)} deep`, undefined, ["text|Text|||"]],
  ["what is too long", "- one\n".repeat(20_000), undefined, ["text|Text|||"]],
  ["rules and nothing", "\n---\n\n***\n", undefined, []],
])("%s", (_what, markdown, title, elements) => {
  expect(markdownPlan(markdown).title).toBe(title as string);
  expect(short(markdown)).toEqual(elements);
});

test("no word of an item is lost: what goes on, what is in it, and where its links lead to", () => {
  const [one, two, three] = markdownPlan(
    "- one\nand on\n  - in it\n    - deep\n- see [RFC 1](https://example.org/1)\n- ![a *picture*](https://example.org/2)",
  ).elements;
  expect(one?.content).toBe("and on\n  - in it\n    - deep");
  expect(two).toMatchObject({ title: "see RFC 1", content: "see [RFC 1](https://example.org/1)" });
  expect(three).toMatchObject({ title: "a *picture*", content: "![a *picture*](https://example.org/2)" });
});

test("what an item begins with is its content where it is no text, and rules in a text stay", () => {
  const { elements } = markdownPlan("- ```sh\n  make\n  ```\n\n# A\nx\n\n---\n\ny\n\n***\n");
  expect(elements.map(({ content }) => content)).toEqual(["```sh\nmake\n```", "x\n\n---\n\ny"]);
});

test("a very long item keeps all of its words", () => {
  const [task] = markdownPlan(`- ${"word ".repeat(100)}`).elements;
  expect(task?.title.length).toBeLessThanOrEqual(120);
  expect(task?.content).toBe("word ".repeat(100).trim());
});
