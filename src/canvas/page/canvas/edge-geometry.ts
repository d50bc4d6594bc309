import { Position } from "@xyflow/react";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface EdgeEnds {
  readonly sourceX: number;
  readonly sourceY: number;
  readonly sourcePosition: Position;
  readonly targetX: number;
  readonly targetY: number;
  readonly targetPosition: Position;
}

/** A way between two columns: an arrow that takes it passes behind nothing that stands in one of them. */
const COLUMN_GAP = 40;

/** Where an arrow between two boxes leaves and arrives: the middles of the sides that face each other. */
export function edgeEnds(source: Box, target: Box): EdgeEnds {
  return endsAlong(source, target, goesAcross(source, target));
}

/** {@link edgeEnds}, by the other two sides; undefined where these do not face each other. */
export function otherEnds(source: Box, target: Box): EdgeEnds | undefined {
  const isAcross = !goesAcross(source, target);
  const { across, down } = gapsBetween(source, target);
  return (isAcross ? across : down) < COLUMN_GAP ? undefined : endsAlong(source, target, isAcross);
}

/** To what stands further left in a row below, an arrow goes down. */
function goesAcross(source: Box, target: Box): boolean {
  const { across, down } = gapsBetween(source, target);
  const isBack = target.x < source.x && down >= COLUMN_GAP;
  return across > down || (across >= COLUMN_GAP && !isBack);
}

function gapsBetween(source: Box, target: Box): { readonly across: number; readonly down: number } {
  return {
    across: Math.max(target.x - (source.x + source.width), source.x - (target.x + target.width)),
    down: Math.max(target.y - (source.y + source.height), source.y - (target.y + target.height)),
  };
}

function endsAlong(source: Box, target: Box, isAcross: boolean): EdgeEnds {
  const forward = isAcross ? middleX(target) >= middleX(source) : middleY(target) >= middleY(source);
  const [from, to] = sides(isAcross, forward);
  const start = sideMiddle(source, from);
  const end = sideMiddle(target, to);
  return {
    sourceX: start.x,
    sourceY: start.y,
    sourcePosition: from,
    targetX: end.x,
    targetY: end.y,
    targetPosition: to,
  };
}

function sides(isAcross: boolean, forward: boolean): readonly [Position, Position] {
  if (isAcross) return forward ? [Position.Right, Position.Left] : [Position.Left, Position.Right];
  return forward ? [Position.Bottom, Position.Top] : [Position.Top, Position.Bottom];
}

/** @param away so far outside */
export function sideMiddle(box: Box, side: Position, away = 0): Point {
  switch (side) {
    case Position.Left:
      return { x: box.x - away, y: middleY(box) };
    case Position.Right:
      return { x: box.x + box.width + away, y: middleY(box) };
    case Position.Top:
      return { x: middleX(box), y: box.y - away };
    case Position.Bottom:
      return { x: middleX(box), y: box.y + box.height + away };
  }
}

function middleX({ x, width }: Box): number {
  return x + width / 2;
}

function middleY({ y, height }: Box): number {
  return y + height / 2;
}
