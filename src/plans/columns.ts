import type { Connection } from "./plan.ts";
import { GAP, type Rectangle } from "./rectangles.ts";

type Box = Pick<Rectangle, "width" | "height"> & { readonly id: string };

/** A column of more boxes goes on in another one beside it. */
const MOST_IN_COLUMN = 20;

/**
 * A plain layout for a great many boxes, in time that grows with their number: each stands in a column to the right of
 * what it was first reached from.
 *
 * @returns the upper left corners
 */
export function inColumns(
  boxes: readonly Box[],
  connections: readonly Connection[],
  columnGap: number,
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const places = new Map<string, { x: number; y: number }>();
  let x = 0;
  for (const column of columnsOf(boxes, connections)) {
    for (let first = 0; first < column.length; first += MOST_IN_COLUMN) {
      const stack = column.slice(first, first + MOST_IN_COLUMN);
      let y = 0;
      for (const box of stack) {
        places.set(box.id, { x, y });
        y += box.height + GAP;
      }
      x += Math.max(...stack.map((box) => box.width)) + columnGap;
    }
  }
  return places;
}

/** What is reached in so many steps from where nothing leads to stands one behind the other. */
export function columnsOf(boxes: readonly Box[], connections: readonly Connection[]): readonly (readonly Box[])[] {
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const arrows = Map.groupBy(connections, (connection) => connection.from);
  const followers = new Set(connections.map((connection) => connection.to));
  const seen = new Set<string>();
  const columns: Box[][] = [];
  // What follows nothing comes first; circles that nothing leads into begin with any of theirs.
  const starts = [...boxes.filter(({ id }) => !followers.has(id)), ...boxes];
  for (const start of starts) {
    let wave = [start].filter(({ id }) => !seen.has(id));
    for (let depth = 0; wave.length > 0; depth += 1) {
      for (const { id } of wave) seen.add(id);
      (columns[depth] ??= []).push(...wave);
      const next = wave.flatMap(({ id }) => arrows.get(id) ?? []).map(({ to }) => byId.get(to));
      wave = [...new Set(next)].filter((box) => box !== undefined && !seen.has(box.id)) as Box[];
    }
  }
  return columns;
}
