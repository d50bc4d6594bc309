import { GAP, type Rectangle } from "./rectangles.ts";

export type Box = Pick<Rectangle, "width" | "height"> & { readonly id: string };
type Column = {
  readonly boxes: readonly Box[];
  readonly width: number;
  readonly height: number;
  readonly rank: readonly Box[];
};

/** Of the window that a person looks at: about as wide as screens are. */
export const SHAPE = 1.6;
/** Between rows of columns: wide enough for the eye to see where one ends. */
export const ROW_GAP = 220;
/** Heights that are tried, from that of the highest box on. */
const HEIGHTS = 24;
/** What stands at one step and goes on in the next row is as bad as a whole that is so much larger. */
const BROKEN = 0.15;

/**
 * Places boxes in columns from left to right, and where they would become a strip, in several rows of columns, so that
 * the whole fills a window as far as it can.
 *
 * @param ranks what stands one behind the other, each from its top
 * @param how where boxes of a column and columns of a row stand: arrows are shortest between middles; width to height
 * @returns the upper left corners
 */
export function fillShape(
  ranks: readonly (readonly Box[])[],
  columnGap: number,
  { align = "middle", shape = SHAPE }: { readonly align?: "middle" | "start"; readonly shape?: number } = {},
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const highest = Math.max(0, ...ranks.flat().map(({ height }) => height));
  const whole = Math.max(0, ...ranks.map((rank) => heightOf(rank)));
  let best = { side: Infinity, rows: [] as readonly (readonly Column[])[] };
  for (let step = 0; step < HEIGHTS; step += 1) {
    const columns = ranks.flatMap((rank) => inChunks(rank, highest + ((whole - highest) * step) / (HEIGHTS - 1)));
    for (let count = 1; count <= columns.length; count += 1) {
      const rows = inRowsOf(columns, widthForRows(columns, columnGap, count), columnGap);
      const side = Math.max(widthOf(rows, columnGap) / shape, heightOfRows(rows)) * (1 + BROKEN * brokenRanks(rows));
      // Fewer rows where it makes no difference to the eye.
      if (side < best.side * 0.98) best = { side, rows };
      if (count > 12) break;
    }
    if (whole === highest) break;
  }
  return placesOf(best.rows, columnGap, align === "middle" ? 0.5 : 0);
}

/** @param part of the room that is left, how much is before a box */
function placesOf(rows: readonly (readonly Column[])[], columnGap: number, part: number) {
  const places = new Map<string, { x: number; y: number }>();
  let top = 0;
  for (const row of rows) {
    const height = Math.max(...row.map((column) => column.height));
    let x = 0;
    for (const column of row) {
      let y = top + Math.round((height - column.height) * part);
      for (const box of column.boxes) {
        places.set(box.id, { x: x + Math.round((column.width - box.width) * part), y });
        y += box.height + GAP;
      }
      x += column.width + columnGap;
    }
    top += height + ROW_GAP;
  }
  return places;
}

/** The columns of a rank: as few as its height allows, about equally high. */
function inChunks(rank: readonly Box[], mostHeight: number): readonly Column[] {
  const count = Math.max(1, Math.ceil(heightOf(rank) / Math.max(mostHeight, 1)));
  const wanted = heightOf(rank) / count;
  const chunks: Box[][] = [];
  for (const box of rank) {
    const last = chunks.at(-1);
    const fits = last !== undefined && heightOf([...last, box]) <= Math.max(wanted * 1.15, box.height);
    if (fits) last.push(box);
    else chunks.push([box]);
  }
  return chunks.map((boxes) => ({
    boxes,
    width: Math.max(...boxes.map(({ width }) => width)),
    height: heightOf(boxes),
    rank,
  }));
}

/** How many ranks go on from one row in the next. One that is all there is has to. */
function brokenRanks(rows: readonly (readonly Column[])[]): number {
  const isAlone = rows.flat().every(({ rank }) => rank === rows[0]?.[0]?.rank);
  return isAlone ? 0 : rows.filter((row, index) => row[0]?.rank === rows[index - 1]?.at(-1)?.rank).length;
}

/** The width with which columns come to about so many rows. */
function widthForRows(columns: readonly Column[], columnGap: number, count: number): number {
  const widest = Math.max(...columns.map(({ width }) => width));
  const all = columns.reduce((sum, { width }) => sum + width + columnGap, 0);
  return Math.max(widest, all / count + widest / 2);
}

function inRowsOf(columns: readonly Column[], mostWidth: number, columnGap: number): readonly (readonly Column[])[] {
  const rows: Column[][] = [];
  let width = 0;
  for (const column of columns) {
    const last = rows.at(-1);
    if (last !== undefined && width + columnGap + column.width <= mostWidth) {
      last.push(column);
      width += columnGap + column.width;
    } else {
      rows.push([column]);
      width = column.width;
    }
  }
  return rows;
}

function widthOf(rows: readonly (readonly Column[])[], columnGap: number): number {
  return Math.max(0, ...rows.map((row) => row.reduce((sum, { width }) => sum + width + columnGap, -columnGap)));
}

function heightOfRows(rows: readonly (readonly Column[])[]): number {
  return rows.reduce((sum, row) => sum + Math.max(...row.map(({ height }) => height)) + ROW_GAP, -ROW_GAP);
}

function heightOf(boxes: readonly Box[]): number {
  return boxes.reduce((sum, { height }) => sum + height + GAP, -GAP);
}
