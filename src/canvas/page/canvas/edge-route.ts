import { getBezierPath, Position } from "@xyflow/react";
import { areNear, around } from "../../../plans/rectangles.ts";
import { edgeEnds, otherEnds, sideMiddle, type Box, type EdgeEnds, type Point } from "./edge-geometry.ts";
import { CLEARANCE, wayAround, type Exit } from "./way-around.ts";

/** How a line is drawn, in SVG's language, and where its label stands. */
export interface Route {
  readonly path: string;
  readonly labelX: number;
  readonly labelY: number;
}

/** How far a line keeps from cards that it goes around. */
const LANE = 14;
/** Lines side by side in the room between cards: so many, so far apart. */
const [BESIDE, APART] = [5, 7];
/** Wider room is no way between cards: there a line keeps to one side. */
const WIDEST_WAY = 260;
/** Cards that are further away from all that is between both ends are in nobody's way. */
const FIELD = 400;
/** A curve keeps so far from cards that it passes. */
const CLEAR = 4;
/** From row to row, corners lead the eye better than a curve that is so many times as long as high. */
const FLAT = 1.5;
/** Lines leave to the right and arrive from the left: what goes against them has to save so many pixels. */
const AGAINST = 200;
const CORNER_RADIUS = 14;
/** A way around is taken where it is at most so many times as long as the shortest, and so many pixels more. */
const LONGEST = { times: 1.6, more: 800 } as const;
const SAMPLES = 40;
/** Of a curve, where its label may stand: the best place first. */
const LABEL_PLACES = [0.5, 0.4, 0.6, 0.3, 0.7].map((part) => part * SAMPLES);
const LABEL = { height: 28, frame: 24, character: 7, most: 230 } as const;

interface Line {
  readonly path: string;
  /** Where a label may stand, the best place first. */
  readonly places: readonly Point[];
}

/** A line straight from one card to the other, whatever is in between. */
export function directRoute(source: Box, target: Box): Route {
  const [path, labelX, labelY] = getBezierPath(edgeEnds(source, target));
  return { path, labelX, labelY };
}

/**
 * A line from one card to another that passes under none of the others, where a way around them is short.
 *
 * @param others all cards but the two
 * @param turn lines of different turns run beside each other
 */
export function routeBetween(source: Box, target: Box, others: readonly Box[], label = "", turn = 0): Route {
  const between = around([source, target]);
  const near = others.filter((other) => areNear(other, between, FIELD));
  const cards = [...near, source, target];
  const curves = [edgeEnds(source, target), otherEnds(source, target)].flatMap((ends) => (ends ? [curve(ends)] : []));
  const clear = curves.filter(({ points }) => !points.some((point) => near.some((card) => isIn(point, card))));
  const line = clear.find(({ isAwkward }) => !isAwkward) ?? bentLine(source, target, cards, turn) ?? clear[0];
  return line === undefined ? directRoute(source, target) : withLabel(line, label, cards);
}

function curve(ends: EdgeEnds): Line & { readonly points: readonly Point[]; readonly isAwkward: boolean } {
  const [path] = getBezierPath(ends);
  const numbers = (path.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = numbers;
  const points = Array.from({ length: SAMPLES + 1 }, (_, index) => {
    const part = index / SAMPLES;
    return { x: bezierAt(part, x0, x1, x2, x3), y: bezierAt(part, y0, y1, y2, y3) };
  });
  const [across, down] = [x3 - x0, Math.abs(y3 - y0)];
  const isDown = ends.sourcePosition === Position.Bottom || ends.sourcePosition === Position.Top;
  const isAwkward = isDown ? Math.abs(across) > FLAT * down : across < 0 && down > -across;
  return { path, points, isAwkward, places: LABEL_PLACES.flatMap((place) => points[place] ?? []) };
}

function bezierAt(part: number, a: number, b: number, c: number, d: number): number {
  const rest = 1 - part;
  return a * rest ** 3 + 3 * b * part * rest ** 2 + 3 * c * part ** 2 * rest + d * part ** 3;
}

function isIn({ x, y }: Point, card: Box): boolean {
  return areNear({ x, y, width: 0, height: 0 }, card, CLEAR);
}

/** Around the cards; undefined where that is long, or there is no way. */
function bentLine(source: Box, target: Box, cards: readonly Box[], turn: number): Line | undefined {
  const way = wayAround(exitsOf(source, Position.Left), exitsOf(target, Position.Right), cards, LANE) ?? [];
  const corners = inTheMiddle(way, cards, turn);
  const [first, last] = [corners[0], corners.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const pieces = corners.slice(1).map((corner, index) => pieceBetween(corners[index] ?? corner, corner));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length > LONGEST.times * (Math.abs(last.x - first.x) + Math.abs(last.y - first.y)) + LONGEST.more)
    return undefined;
  const places = pieces.toSorted((one, other) => other.room - one.room).map(({ middle }) => middle);
  return { path: roundedPath(corners), places };
}

/** Each piece but the ends in the middle of the room that it passes through. */
function inTheMiddle(way: readonly Point[], cards: readonly Box[], turn: number): readonly Point[] {
  const corners = [...way];
  for (let at = 1; at + 2 < corners.length; at += 1) {
    const [from, to] = [corners[at], corners[at + 1]];
    if (from === undefined || to === undefined) break;
    if (from.y === to.y) {
      const y = placeInRoom(from.y, [from.x, to.x], cards.map(turned), turn);
      [corners[at], corners[at + 1]] = [
        { ...from, y },
        { ...to, y },
      ];
    } else {
      const x = placeInRoom(from.x, [from.y, to.y], cards, turn);
      [corners[at], corners[at + 1]] = [
        { ...from, x },
        { ...to, x },
      ];
    }
  }
  return corners;
}

function turned({ x, y, width, height }: Box): Box {
  return { x: y, y: x, width: height, height: width };
}

/** Where a line down at `x`, from one of two heights to the other, stands best between the cards at its sides. */
function placeInRoom(x: number, heights: readonly number[], cards: readonly Box[], turn: number): number {
  const [top, bottom] = [Math.min(...heights) - CLEARANCE, Math.max(...heights) + CLEARANCE];
  const beside = cards.filter((card) => card.y < bottom && card.y + card.height > top);
  const left = Math.max(...beside.map((card) => card.x + card.width).filter((edge) => edge <= x));
  const right = Math.min(...beside.map((card) => card.x).filter((edge) => edge >= x));
  const room = right - left;
  const place = (turn % BESIDE) - (BESIDE - 1) / 2;
  if (room <= WIDEST_WAY) return left + room / 2 + place * Math.min(APART, (room / 2 - CLEARANCE) / BESIDE);
  const away = LANE + (turn % BESIDE) * APART;
  if (x - left <= right - x) return x - left <= LANE ? left + away : x;
  return right - x <= LANE ? right - away : x;
}

function exitsOf(box: Box, against: Position): readonly Exit[] {
  return Object.values(Position).map((side) => ({
    ...sideMiddle(box, side, LANE),
    isAcross: side === Position.Left || side === Position.Right,
    door: sideMiddle(box, side),
    cost: side === against ? AGAINST : 0,
  }));
}

function pieceBetween(from: Point, to: Point) {
  const [across, down] = [Math.abs(to.x - from.x), Math.abs(to.y - from.y)];
  // A label is wide: along a line across there is room for one.
  return { length: across + down, room: across * 2 + down, middle: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 } };
}

function roundedPath(corners: readonly Point[]): string {
  return corners
    .map((corner, index) => {
      const [before, after] = [corners[index - 1], corners[index + 1]];
      if (before === undefined) return `M${corner.x},${corner.y}`;
      if (after === undefined) return `L${corner.x},${corner.y}`;
      const [start, end] = [towards(corner, before), towards(corner, after)];
      return `L${start.x},${start.y} Q${corner.x},${corner.y} ${end.x},${end.y}`;
    })
    .join(" ");
}

/** On the way from a corner to the next one, where it begins to be round. */
function towards(corner: Point, next: Point): Point {
  const [dx, dy] = [next.x - corner.x, next.y - corner.y];
  const part = Math.min(CORNER_RADIUS / Math.hypot(dx, dy), 0.5);
  return { x: corner.x + dx * part, y: corner.y + dy * part };
}

/** With its label where that lies over no card, else where it is best otherwise. */
function withLabel({ path, places }: Line, label: string, cards: readonly Box[]): Route {
  const width = Math.min(label.length * LABEL.character + LABEL.frame, LABEL.most);
  const isFree = ({ x, y }: Point) =>
    !cards.some((card) => areNear({ x: x - width / 2, y: y - LABEL.height / 2, width, height: LABEL.height }, card, 0));
  const { x = 0, y = 0 } = (label === "" ? undefined : places.find(isFree)) ?? places[0] ?? {};
  return { path, labelX: x, labelY: y };
}
