import { describe, expect, test } from "bun:test";
import { diagramFault } from "../../../src/host/plans/diagram-fault.ts";
import { TEMPLATES } from "../../../src/plans/templates/templates.ts";

const broken: [what: string, source: string, says: string][] = [
  ["an arrow without an end", "flowchart TD\n a--b[x", 'line 2, "a--b[x": Expecting'],
  ["a message without words", "sequenceDiagram\n A->>B hi\n", 'line 2, "A->>B hi": Expecting'],
  ["a class that does not end", "classDiagram\n class A{\n +x\n", 'line 3, "+x": Expecting'],
  ["a state's arrow", "stateDiagram-v2\n [*]->->A", "line 2"],
  ["a pie's slice without quotes", "pie\n a 3", 'line 2, "a 3"'],
  ["a word that git has not", "gitGraph\n commit\n comit", 'line 3, "comit"'],
  ["no kind of diagram", "\nboxes\n a --> b", 'line 2, "boxes": expected the kind'],
  ["a fence around it", "```mermaid\nflowchart TD\n a-->b\n```", "line 1"],
  ["lines of CRLF", "flowchart TD\r\n a-->b\r\n b--c[x", 'line 3, "b--c[x"'],
  [
    "front matter and comments, which the parser does not count",
    "---\ntitle: x\n---\n%% one\nflowchart TD\n\n  %% two\n  a-->b\n  b--c[x",
    'line 9, "b--c[x"',
  ],
  ["a directive before it", '%%{init: {"theme": "dark"}}%%\nflowchart TD\n a--b[x', 'line 3, "a--b[x"'],
];

const whole: readonly string[] = [
  'flowchart LR\n a["<b>x</b> <script>"] -->|yes| b{Is it?}\n click a "https://x"',
  "sequenceDiagram\n A->>B: hi",
  "classDiagram\n class A{\n +x\n }\n A <|-- B : is",
  "stateDiagram-v2\n [*] --> A : go",
  "erDiagram\n A ||--o{ B : has",
  "gantt\n title x\n section a\n t1 :a1, 2020-01-01, 3d",
  'pie\n "a": 3',
  "gitGraph\n commit",
  "mindmap\n root\n  a",
  "timeline\n title x\n 2000 : a",
  "journey\n title x\n section s\n a: 3: me",
  "quadrantChart\n x-axis a --> b",
  "architecture-beta\n group a(cloud)[A]",
  "block-beta\n a b",
  'C4Context\n Person(a, "A")',
  'packet-beta\n 0-3: "a"',
  "kanban\n a[b]",
  "xychart-beta\n x-axis [a, b]\n bar [1, 2]",
  "requirementDiagram\n requirement r {\n id: 1\n }",
  "",
  `flowchart TD\n${"a--b[x\n".repeat(20_000)}`,
];

describe("a diagram", () => {
  for (const [what, source, says] of broken) {
    test(`with ${what} has a fault at a line`, async () => expect(await diagramFault(source)).toContain(says));
  }

  for (const source of whole) {
    test(`has no fault: ${JSON.stringify(source.slice(0, 30))}`, async () => {
      expect(await diagramFault(source)).toBeUndefined();
    });
  }

  test("of a template has none", async () => {
    const diagrams = [...TEMPLATES.values()].flatMap(({ elements }) =>
      elements.filter(({ type }) => type === "diagram"),
    );
    expect(diagrams.length).toBeGreaterThan(1);
    for (const { content } of diagrams) expect(await diagramFault(content)).toBeUndefined();
  });
});
