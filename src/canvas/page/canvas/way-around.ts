import type { Box, Point } from "./edge-geometry.ts";

/** A place beside a card from where it is straight to its edge: across, or up and down. */
export interface Exit extends Point {
  readonly isAcross: boolean;
  /** At the edge. */
  readonly door: Point;
  /** As bad as so many pixels more. */
  readonly cost: number;
}

/** No part of a line comes nearer to a card. */
export const CLEARANCE = 8;
/** A corner is as bad as so many pixels more. */
const CORNER = 80;
/** Among more crossings of lines a way is not looked for: it would take longer than a frame. */
const MOST_CROSSINGS = 20_000;
/** Ways whose lengths differ by less are equally long. */
const STEP = 8;

/** The lines beside the cards, and which of their pieces pass through one: 1, by the crossing before it. */
interface Grid {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly shutAcross: Uint8Array;
  readonly shutDown: Uint8Array;
}

/**
 * A short way with few corners that passes through no card, on lines beside them.
 *
 * @param lane how far from the cards it keeps, in pixels: more than {@link CLEARANCE}
 * @returns its ends and corners; null where there is none, or where too many cards are in between
 */
export function wayAround(
  from: readonly Exit[],
  to: readonly Exit[],
  cards: readonly Box[],
  lane: number,
): readonly Point[] | null {
  const grid = gridOf(cards, [...from, ...to], lane);
  if (grid === null) return null;
  const starts = new Map(from.map((exit) => [stateAt(grid, exit), exit]));
  const ends = new Map(to.map((exit) => [stateAt(grid, exit), exit]));
  const states = grid.xs.length * grid.ys.length * 2;
  const costs = new Float64Array(states).fill(Infinity);
  const cameFrom = new Int32Array(states);
  // What costs about the same is in one list.
  const waiting: number[][] = [];
  const reach = (state: number, way: number, before: number): void => {
    const cost = way + (ends.get(state)?.cost ?? 0);
    if (cost >= (costs[state] ?? 0)) return;
    costs[state] = cost;
    cameFrom[state] = before;
    (waiting[Math.floor((cost + leastLeft(grid, state, to)) / STEP)] ??= []).push(state);
  };
  for (const [state, { cost }] of starts) reach(state, cost, -1);
  for (let turn = 0; turn < waiting.length; turn += 1) {
    for (let state = waiting[turn]?.pop(); state !== undefined; state = waiting[turn]?.pop()) {
      const end = ends.get(state);
      if (end !== undefined) {
        const way = wayTo(state, cameFrom);
        const start = starts.get(way[0] ?? state) ?? end;
        return corners([start.door, ...way.map((each) => pointAt(grid, each)), end.door]);
      }
      const cost = costs[state] ?? 0;
      reach(state ^ 1, cost + CORNER, state);
      for (const [next, way] of neighbours(grid, state)) reach(next, cost + way, state);
    }
  }
  return null;
}

/** A state is a crossing, and whether the way is across (even) or down (odd) there. */
function stateAt({ xs, ys }: Grid, { x, y, isAcross }: Exit): number {
  return (ys.indexOf(y) * xs.length + xs.indexOf(x)) * 2 + (isAcross ? 0 : 1);
}

function pointAt({ xs, ys }: Grid, state: number): Point {
  const crossing = state >> 1;
  return { x: xs[crossing % xs.length] ?? 0, y: ys[Math.floor(crossing / xs.length)] ?? 0 };
}

function leastLeft(grid: Grid, state: number, to: readonly Point[]): number {
  const { x, y } = pointAt(grid, state);
  return Math.min(...to.map((end) => Math.abs(end.x - x) + Math.abs(end.y - y)));
}

/** The next crossings straight on, forwards and back, and how far they are. */
function neighbours({ xs, ys, shutAcross, shutDown }: Grid, state: number): readonly (readonly [number, number])[] {
  const crossing = state >> 1;
  const isDown = (state & 1) === 1;
  const [lines, shut, stride] = isDown ? [ys, shutDown, xs.length] : [xs, shutAcross, 1];
  const at = isDown ? Math.floor(crossing / xs.length) : crossing % xs.length;
  const found: (readonly [number, number])[] = [];
  const [before, here, after] = [lines[at - 1], lines[at] ?? 0, lines[at + 1]];
  if (after !== undefined && shut[crossing] === 0) found.push([state + 2 * stride, after - here]);
  if (before !== undefined && shut[crossing - stride] === 0) found.push([state - 2 * stride, here - before]);
  return found;
}

function wayTo(end: number, cameFrom: Int32Array): readonly number[] {
  const way: number[] = [];
  for (let state = end; state !== -1; state = cameFrom[state] ?? -1) way.push(state);
  return way.toReversed();
}

/** Without the points at which a line goes straight on. */
function corners(points: readonly Point[]): readonly Point[] {
  return points.reduce<readonly Point[]>((kept, point) => {
    const [before, last] = kept.slice(-2);
    const goesOn = before !== undefined && last !== undefined && isStraight(before, last, point);
    return [...(goesOn ? kept.slice(0, -1) : kept), point];
  }, []);
}

function isStraight(a: Point, b: Point, c: Point): boolean {
  return (a.x === b.x && b.x === c.x) || (a.y === b.y && b.y === c.y);
}

function gridOf(cards: readonly Box[], exits: readonly Exit[], lane: number): Grid | null {
  const xs = sorted([...cards.flatMap(({ x, width }) => [x - lane, x + width + lane]), ...exits.map(({ x }) => x)]);
  const ys = sorted([...cards.flatMap(({ y, height }) => [y - lane, y + height + lane]), ...exits.map(({ y }) => y)]);
  const crossings = xs.length * ys.length;
  if (crossings > MOST_CROSSINGS) return null;
  const [shutAcross, shutDown] = [new Uint8Array(crossings), new Uint8Array(crossings)];
  for (const { x, y, width, height } of cards) {
    const [left, right] = [x - CLEARANCE, x + width + CLEARANCE];
    const [top, bottom] = [y - CLEARANCE, y + height + CLEARANCE];
    for (const [row, lineY] of ys.entries()) {
      const nextY = ys[row + 1] ?? lineY;
      if (nextY <= top || lineY >= bottom) continue;
      for (const [column, lineX] of xs.entries()) {
        const nextX = xs[column + 1] ?? lineX;
        if (nextX <= left || lineX >= right) continue;
        const crossing = row * xs.length + column;
        if (lineY > top) shutAcross[crossing] = 1;
        if (lineX > left) shutDown[crossing] = 1;
      }
    }
  }
  return { xs, ys, shutAcross, shutDown };
}

function sorted(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].toSorted((one, other) => one - other);
}
