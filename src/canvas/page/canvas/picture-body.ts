import { pictureBlocks, type TableCell } from "./picture-blocks.ts";
import { escaped, wrapped, type Measure } from "./picture-lines.ts";

const FONT = "14px system-ui, sans-serif";
const HEAD_FONT = "650 13px system-ui, sans-serif";
const CELL_FONT = "13px system-ui, sans-serif";
const [LINE, CELL_LINE] = [21, 18];
const CELL_PADDING = { x: 9, y: 6 };
const LEAST_COLUMN = 44;

/** Where a text of a card stands. */
export interface Place {
  readonly x: number;
  /** Of the first line's foot. */
  readonly top: number;
  readonly width: number;
  /** What is further down is not drawn. */
  readonly bottom: number;
}

export interface Pen {
  readonly measure: Measure;
  /** A colour of the page. */
  readonly ink: (name: string) => string;
}

/** Markdown as SVG: lines of text, and tables with their cells. */
export function bodyAsSvg(markdown: string, { x, top, width, bottom }: Place, { measure, ink }: Pen): string {
  const drawn: string[] = [];
  let y = top;
  for (const part of pictureBlocks(markdown)) {
    if (y > bottom + LINE) break;
    if (typeof part === "string") {
      for (const line of wrapped(part, FONT, width, measure)) {
        if (y > bottom + LINE) break;
        drawn.push(textAt(line, x, y, `font-size="14" fill="${ink("--ink")}"`));
        y += LINE;
      }
    } else {
      const table = tableAsSvg(part, { x, y: y - LINE + CELL_PADDING.y, width }, { measure, ink });
      drawn.push(table.svg);
      y += table.height + CELL_PADDING.y;
    }
  }
  return drawn.join("");
}

/** One line of text. */
export function textAt(text: string, x: number, y: number, style: string): string {
  return `<text x="${x}" y="${y}" xml:space="preserve" ${style}>${escaped(text)}</text>`;
}

function tableAsSvg(
  rows: readonly (readonly TableCell[])[],
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
  { measure, ink }: Pen,
): { readonly svg: string; readonly height: number } {
  const widths = columnWidths(rows, width, measure);
  let height = 0;
  const svg = rows.flatMap((cells, index) => {
    const isHead = index === 0;
    const lines = cells.map(({ text }, column) =>
      wrapped(text, fontOf(isHead), (widths[column] ?? 0) - 2 * CELL_PADDING.x, measure),
    );
    const rowHeight = Math.max(1, ...lines.map(({ length }) => length)) * CELL_LINE + 2 * CELL_PADDING.y;
    const top = y + height;
    height += rowHeight;
    let left = x;
    return cells.map(({ align }, column) => {
      const cellWidth = widths[column] ?? 0;
      const fill = isHead ? ink("--surface-2") : "none";
      const box = `<rect class="cell" x="${left}" y="${top}" width="${cellWidth}" height="${rowHeight}" fill="${fill}" stroke="${ink("--line-strong")}"/>`;
      const at = { start: left + CELL_PADDING.x, middle: left + cellWidth / 2, end: left + cellWidth - CELL_PADDING.x };
      const style = `font-size="13" text-anchor="${align}"${isHead ? ' font-weight="650"' : ""} fill="${ink("--ink")}"`;
      const words = (lines[column] ?? []).map((line, row) =>
        textAt(line, at[align], top + CELL_PADDING.y + 13 + row * CELL_LINE, style),
      );
      left += cellWidth;
      return box + words.join("");
    });
  });
  return { svg: svg.join(""), height };
}

/** As wide as what is in them; where that is more than there is room for, the wide ones give way, as far as to their words. */
function columnWidths(rows: readonly (readonly TableCell[])[], room: number, measure: Measure): readonly number[] {
  const widest = (textsOf: (text: string) => readonly string[]) =>
    (rows[0] ?? []).map((_, column) =>
      rows.reduce((most, cells, row) => {
        const texts = textsOf(cells[column]?.text ?? "");
        return Math.max(most, ...texts.map((text) => measure(text, fontOf(row === 0)) + 2 * CELL_PADDING.x + 1));
      }, LEAST_COLUMN),
    );
  const least = widest((text) => text.split(/\s+/));
  const rest = room - least.reduce((sum, width) => sum + width, 0);
  const wanted = widest((text) => [text]);
  if (rest > 0)
    return shared(
      wanted.map((width, column) => width - (least[column] ?? 0)),
      rest,
    ).map((width, column) => width + (least[column] ?? 0));
  return shared(wanted, room);
}

/** Widths as they are wanted; where there is less room, the large ones give way. */
function shared(wanted: readonly number[], room: number): readonly number[] {
  let left = room;
  const widths = new Map<number, number>();
  for (const [count, { column, wide }] of wanted
    .map((wide, column) => ({ column, wide }))
    .toSorted((one, other) => one.wide - other.wide)
    .entries()) {
    const width = Math.min(wide, left / (wanted.length - count));
    widths.set(column, width);
    left -= width;
  }
  return wanted.map((_, column) => widths.get(column) ?? 0);
}

function fontOf(isHead: boolean): string {
  return isHead ? HEAD_FONT : CELL_FONT;
}
