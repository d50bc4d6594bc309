import { describe, expect, test } from "bun:test";
import type { LineComment } from "../../../src/canvas/changes-api.ts";
import { aboutLines, changedRuns, numberOn, readPatch } from "../../../src/canvas/page/changes/diff-lines.ts";
import { inPieces } from "../../../src/canvas/page/changes/pieces.ts";
import { placeComment } from "../../../src/canvas/page/changes/place-comment.ts";

/** A patch of one hunk that begins with line 1. */
function diffOf(...lines: string[]) {
  const count = (signs: string) => lines.filter((line) => signs.includes(line[0] ?? "")).length;
  const head = `diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n`;
  return readPatch({ patch: `${head}@@ -1,${count(" -")} +1,${count(" +")} @@\n${lines.join("\n")}\n`, leftOut: 0 });
}

const said: LineComment = { id: "1", path: "f", side: "new", from: 2, to: 3, quote: ["b", "c"], text: "why" };

describe("a comment under which the file changes", () => {
  test.each<[string, string[], Partial<LineComment>]>([
    ["stays where its lines stay", [" a", "+b", "+c"], { from: 2, to: 3 }],
    ["goes down with them", ["+x", "+y", " a", "+b", "+c"], { from: 4, to: 5 }],
    ["goes up with them", ["+b", "+c", " a"], { from: 1, to: 2 }],
    ["chooses the nearest of several", [" a", "+x", "+b", "+c", "+y", "+z", "+b", "+c"], { from: 3, to: 4 }],
    ["also where they were changed into lines that had been there", [" a", " b", " c", "+d"], { from: 2, to: 3 }],
    ["is outdated where one of them has changed", [" a", "+b", "+d"], { from: 2, to: 3, isOutdated: true }],
    ["is outdated where something has come between", [" a", "+b", "+x", "+c"], { from: 2, to: 3, isOutdated: true }],
    ["is outdated where they stand on the other side only", [" a", "-b", "-c"], { from: 2, to: 3, isOutdated: true }],
    ["is outdated where nothing is left", ["+q"], { from: 2, to: 3, isOutdated: true }],
  ])("%s", (_, lines, place) => {
    const { isOutdated: _old, ...rest } = said;
    expect(placeComment(said, diffOf(...lines).lines)).toEqual({ ...rest, ...place });
  });

  test("is current again where its lines come back", () => {
    const outdated = placeComment(said, diffOf("+q").lines);
    expect(placeComment(outdated, diffOf(" a", "+b", "+c").lines)).toEqual(said);
  });

  test("on lines that were taken out follows those", () => {
    const old: LineComment = { ...said, side: "old", from: 1, to: 1, quote: ["gone"] };
    expect(placeComment(old, diffOf(" x", "-gone", "+new").lines)).toEqual({ ...old, from: 2, to: 2 });
  });
});

test.each<[string, [number, number], ReturnType<typeof aboutLines>]>([
  ["a new line", [2, 2], { side: "new", from: 2, to: 2, quote: ["new"] }],
  ["a line that was taken out", [1, 1], { side: "old", from: 2, to: 2, quote: ["gone"] }],
  ["both", [1, 2], { side: "new", from: 2, to: 2, quote: ["new"] }],
  ["all of it", [0, 3], { side: "new", from: 1, to: 3, quote: ["a", "new", "b"] }],
])("what is said about %s names its lines and quotes them", (_, [start, end], about) => {
  expect(aboutLines(diffOf(" a", "-gone", "+new", " b").lines, { start, end })).toEqual(about);
});

test("what was changed together is one change to go to", () => {
  expect(changedRuns(diffOf(" a", "-b", "+c", " d", "+e", "+f").lines)).toEqual([
    { start: 1, end: 2 },
    { start: 4, end: 5 },
  ]);
});

test("a file without a line break at its end, and lines that look like a patch's own, are read as they are", () => {
  const { lines } = diffOf("---- a", "++++ b", "-diff --git", "\\ No newline at end of file", "+@@ -1 +1 @@");
  expect(lines.map(({ type, content }) => `${type} ${content}`)).toEqual([
    "delete --- a",
    "insert +++ b",
    "delete diff --git",
    "insert @@ -1 +1 @@",
  ]);
});

function many(sign: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${sign}line ${index}`);
}

describe("a long hunk is drawn in pieces", () => {
  const [hunk] = diffOf(...many("-", 100), ...many("+", 90), " same").hunks;
  test.each(["unified", "split"] as const)("none of which is long, with every line once: %s", (view) => {
    const pieces = inPieces(hunk!, view);
    const lines = pieces.flatMap((piece) => piece.hunk.changes);
    expect(Math.max(...pieces.map((piece) => piece.hunk.changes.length))).toBeLessThanOrEqual(41);
    expect(new Set(lines)).toEqual(new Set(hunk!.changes));
    expect(lines).toHaveLength(191);
    expect(pieces.map(({ isFirst }) => isFirst)).toEqual(pieces.map((_, index) => index === 0));
  });

  test("side by side, with what has come of a line beside it", () => {
    for (const piece of inPieces(hunk!, "split")) {
      piece.hunk.changes.forEach((line, index) => {
        const next = piece.hunk.changes[index + 1];
        if (line.type === "delete" && line.lineNumber <= 90) expect(numberOn(next!, "new")).toBe(line.lineNumber);
      });
    }
  });
});
