import { CHANGES_LIMITS, CUT_MARK, type PatchAnswer } from "../../canvas/changes-api.ts";

/** A patch as a page can show it: a line without end is cut, and so is a file of more lines than anybody reads. */
export function cutPatch(bytes: Uint8Array): PatchAnswer {
  const lines = new TextDecoder().decode(bytes).replace(/\n$/, "").split("\n");
  const kept = lines.slice(0, CHANGES_LIMITS.patchLines).map(cutLine);
  const leftOut = lines.length - kept.length;
  return { patch: `${(leftOut === 0 ? kept : withinHunk(kept)).join("\n")}\n`, leftOut };
}

function cutLine(line: string): string {
  const { lineCharacters } = CHANGES_LIMITS;
  return line.length > lineCharacters ? `${line.slice(0, lineCharacters)}${CUT_MARK}` : line;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** The head of the last hunk says how many lines it has: as many as are left of it. */
function withinHunk(lines: readonly string[]): readonly string[] {
  const at = lines.findLastIndex((line) => HUNK.test(line));
  const [head = "", from = "", to = ""] = HUNK.exec(lines[at] ?? "") ?? [];
  if (head === "") return lines;
  const body = lines.slice(at + 1);
  const count = (signs: string) => body.filter((line) => signs.includes(line[0] ?? " ")).length;
  const shown = `@@ -${from},${count(" -")} +${to},${count(" +")} @@${lines[at]?.slice(head.length) ?? ""}`;
  return [...lines.slice(0, at), shown, ...body];
}
