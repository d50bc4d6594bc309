import { expect, test } from "bun:test";
import { diagramSize, hasUnshownLines, MOST_DRAWN } from "../../../src/canvas/page/elements/diagram-source.ts";

const NESTED = Array.from({ length: 40 }, (_, depth) => `subgraph s${depth}`);

test("the parts of a diagram are counted in its lines", () => {
  expect(diagramSize("flowchart LR\nA-->B-->C")).toBe(3);
  expect(diagramSize("flowchart LR\nA & B --> C & D; E -.-> F\n\n%% G --> H")).toBe(6);
  expect(diagramSize(`sequenceDiagram\n${"A->>B: x\n".repeat(50)}`)).toBe(51);
  const large = [
    `flowchart LR\n${"a --> b\n".repeat(484)}`,
    `flowchart LR\n${"a & ".repeat(15)}b --> ${"c & ".repeat(15)}d`,
    ["flowchart LR", ...NESTED, "a --> b", ...NESTED.map(() => "end")].join("\n"),
    `sequenceDiagram\n${"A->>B: x\n".repeat(5000)}`,
    `flowchart LR\n a["${"word ".repeat(9000)}"]`,
    'packet\n0-1000000: "x"',
    `xychart-beta\n bar [${"1,".repeat(2000)}1]`,
  ];
  for (const source of large) expect(diagramSize(source), source.slice(0, 60)).toBeGreaterThan(MOST_DRAWN);
});

test("words of a diagram that no drawing shows are told of", () => {
  for (const line of [
    "%% words",
    "accTitle: words",
    "accDescr { words }",
    'click A "words"',
    "---\nconfig: words\n---",
  ])
    expect(hasUnshownLines(`flowchart LR\n  A --> B\n  ${line}`.replace(/ {2}---/, "---")), line).toBe(true);
  for (const line of ["A --> B", "B[clicks a link]", "subgraph accounts"])
    expect(hasUnshownLines(`flowchart LR\n  ${line}`), line).toBe(false);
});
