import type { Box, Point } from "./edge-geometry.ts";

const GRID = 20;
const STEP = 40;
const MOST_RINGS = 30;

/** The upper left corner for a box with its middle there, or in the nearest place where it covers no other. */
export function freePlace(middle: Point, size: Pick<Box, "width" | "height">, others: readonly Box[]): Point {
  const wanted = { x: toGrid(middle.x - size.width / 2), y: toGrid(middle.y - size.height / 2) };
  for (let ring = 0; ring <= MOST_RINGS; ring += 1) {
    for (const [dx, dy] of ringOf(ring)) {
      const place = { x: wanted.x + dx * STEP, y: wanted.y + dy * STEP };
      if (!others.some((other) => overlap({ ...place, ...size }, other))) return place;
    }
  }
  return wanted;
}

/** The cells at that distance, those below and to the right first. */
function ringOf(distance: number): readonly (readonly [number, number])[] {
  const range = Array.from({ length: distance * 2 + 1 }, (_, index) => distance - index);
  return range
    .flatMap((dy) => range.map((dx) => [dx, dy] as const))
    .filter(([dx, dy]) => Math.max(Math.abs(dx), Math.abs(dy)) === distance);
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function toGrid(value: number): number {
  return Math.round(value / GRID) * GRID;
}
