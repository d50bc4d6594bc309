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
  // More of each kind than its first words.
  "graph TD\n subgraph one [First]\n  a((x)) -.-> b>y]\n end\n b ==>|z| c[(db)] & d{{e}}\n classDef hot fill:#f96\n class a hot\n style b stroke:#333",
  "sequenceDiagram\n autonumber\n participant A as Ann\n actor B\n A->>+B: ask\n loop each\n  B-->>-A: tell\n end\n alt yes\n  A-xB: go\n else no\n  Note over A,B: rest\n end",
  'classDiagram\n direction LR\n class Shape~T~ {\n  <<interface>>\n  +area() double\n  -name: string\n }\n Shape <|.. Circle\n Circle "1" *-- "many" Point : has',
  "stateDiagram-v2\n state Busy {\n  [*] --> Reading\n  Reading --> [*]\n }\n state fork <<fork>>\n [*] --> fork\n fork --> Busy\n note right of Busy : works",
  "erDiagram\n CUSTOMER ||--o{ ORDER : places\n CUSTOMER {\n  string name PK\n  int age\n }\n ORDER }|..|{ ITEM : contains",
  "gantt\n dateFormat YYYY-MM-DD\n excludes weekends\n section Build\n One :done, a1, 2026-01-01, 3d\n Two :crit, active, after a1, 5d\n End :milestone, 2026-02-01, 0d",
  'pie showData title Shares\n "One" : 42.5\n "Two" : 57.5',
  'gitGraph LR:\n commit id: "one"\n branch work\n checkout work\n commit tag: "v1"\n checkout main\n merge work',
  "mindmap\n  root((Plan))\n    First\n      Part\n    Second[Square]\n    ::icon(fa fa-book)",
  "timeline\n section Past\n  2001 : one : two\n section Now\n  2026 : three",
  "quadrantChart\n title Reach\n x-axis Low --> High\n y-axis Weak --> Strong\n quadrant-1 Grow\n One: [0.3, 0.6]",
  "requirementDiagram\n functionalRequirement login {\n id: 1.1\n text: logs in\n risk: high\n verifymethod: test\n }\n element page {\n type: code\n }\n page - satisfies -> login",
  'C4Container\n title Shop\n Person(u, "User")\n System_Boundary(b, "Shop") {\n  Container(w, "Web", "TS", "Sells")\n }\n Rel(u, w, "Buys", "https")',
  "sankey-beta\nSun,Panel,10\nPanel,House,6.5\nPanel,Grid,3.5",
  'xychart-beta horizontal\n title "Sales"\n x-axis [jan, feb]\n y-axis "Units" 0 --> 50\n bar [10, 40]\n line [12, 30]',
  'block-beta\n columns 2\n a["One"] b(("Two"))\n block:group:2\n  c d\n end\n a --> d',
  "xychart\n bar [1]",
  "block\n a",
  "sankey\na,b,1",
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
