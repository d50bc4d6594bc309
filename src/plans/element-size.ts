import { hasPicture, kindOf } from "./element-kinds.ts";

/** In pixels at zoom 1. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The title bar and what surrounds the content. */
const FRAME_WIDTH = 36;
const FRAME_HEIGHT = 68;
const TITLE_CHARACTER_WIDTH = 8.2;
/** The sign of the type, left of the title. */
const BADGE_WIDTH = 34;
const TITLE_LINE_HEIGHT = 22;
const GRID = 20;
const CODE_FRAME_WIDTH = 48;
const CODE_CHARACTER_WIDTH = 7.8;
/** A sign of the source; of what it stands for there is less. */
const TABLE_CHARACTER_WIDTH = 6.5;
const DIAGRAM_STEP_WIDTH = 190;

/** A size for an element of which nobody has said one: wide by its type, high enough for its text as far as reasonable. */
export function estimateSize(
  element: { readonly type: string; readonly title?: string; readonly content?: string },
  width = widthOf(element),
): Size {
  const { room } = kindOf(element.type);
  const inner = Math.max(width - FRAME_WIDTH, BADGE_WIDTH + TITLE_CHARACTER_WIDTH);
  const titleLines = linesOf(element.title ?? "", (inner - BADGE_WIDTH) / TITLE_CHARACTER_WIDTH);
  const lines = hasPicture(element) ? 0 : linesOf(element.content ?? "", inner / room.characterWidth);
  const frame = FRAME_HEIGHT + (room.below ?? 0) + (Math.max(titleLines, 1) - 1) * TITLE_LINE_HEIGHT;
  const height = frame + lines * room.lineHeight;
  return { width, height: Math.ceil(Math.min(Math.max(height, room.leastHeight), room.mostHeight) / GRID) * GRID };
}

const MOST_WIDTH = 900;

/** Wide enough for the longest line of code, and for tables and diagrams. */
function widthOf({ type, content = "" }: { readonly type: string; readonly content?: string }): number {
  const { form, room } = kindOf(type);
  const { width, characterWidth } = room;
  const lines = content.slice(0, MOST_COUNTED).split("\n");
  if (form === "code" || form === "wireframe")
    return between(width, longest(lines) * characterWidth + CODE_FRAME_WIDTH);
  if (form === "diagram") return between(width, diagramWidth(lines));
  const fenced = fencedLines(lines);
  const wide = Math.max(longest(lines.filter(isTable)) * TABLE_CHARACTER_WIDTH, longest(fenced) * CODE_CHARACTER_WIDTH);
  return wide === 0 ? width : between(width, wide + CODE_FRAME_WIDTH);
}

function longest(lines: readonly string[]): number {
  return lines.reduce((most, line) => Math.max(most, line.length), 0);
}

function isTable(line: string): boolean {
  return line.trimStart().startsWith("|");
}

function between(least: number, wanted: number): number {
  return Math.ceil(Math.min(Math.max(least, wanted), MOST_WIDTH) / GRID) * GRID;
}

function fencedLines(lines: readonly string[]): readonly string[] {
  let isInside = false;
  return lines.filter((line) => {
    if (!/^\s*(?:```|~~~)/.test(line)) return isInside;
    isInside = !isInside;
    return false;
  });
}

/** About how wide Mermaid draws it: participants beside each other, or steps along the longest way from left to right. */
function diagramWidth(lines: readonly string[]): number {
  const [head = ""] = lines.filter((line) => line.trim() !== "");
  if (/^\s*sequenceDiagram/.test(head)) {
    const named = lines.flatMap((line) => /^\s*(\w+)\s*-[-.)x>]+\s*[+-]?(\w+)\s*:/.exec(line)?.slice(1) ?? []);
    return new Set(named).size * DIAGRAM_STEP_WIDTH;
  }
  if (/^\s*(?:gantt|timeline|journey)/.test(head)) return MOST_WIDTH;
  if (!/^\s*(?:flowchart|graph)\s+(?:LR|RL)/.test(head)) return 0;
  const arrows = lines.flatMap((line) => (line.match(/-->|---|==>|-\.->/g) ?? []).map(() => line));
  return Math.min(arrows.length, 5) * DIAGRAM_STEP_WIDTH;
}

/** No element is made so high that more of its text counts. */
const MOST_COUNTED = 20_000;

function linesOf(whole: string, charactersALine: number): number {
  const text = whole.slice(0, MOST_COUNTED);
  if (text === "") return 0;
  return text.split("\n").reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / charactersALine)), 0);
}
