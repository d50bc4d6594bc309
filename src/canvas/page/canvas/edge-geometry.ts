import { Position } from "@xyflow/react";

export interface Box {
  readonly x: number;
  readonly y: number;
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
  const gapX = Math.max(target.x - (source.x + source.width), source.x - (target.x + target.width));
  const gapY = Math.max(target.y - (source.y + source.height), source.y - (target.y + target.height));
  const horizontal = gapX > gapY || gapX >= COLUMN_GAP;
  const forward = horizontal ? middleX(target) >= middleX(source) : middleY(target) >= middleY(source);
  const [from, to] = sides(horizontal, forward);
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

function sides(horizontal: boolean, forward: boolean): readonly [Position, Position] {
  if (horizontal) return forward ? [Position.Right, Position.Left] : [Position.Left, Position.Right];
  return forward ? [Position.Bottom, Position.Top] : [Position.Top, Position.Bottom];
}

function sideMiddle(box: Box, side: Position): { readonly x: number; readonly y: number } {
  switch (side) {
    case Position.Left:
      return { x: box.x, y: middleY(box) };
    case Position.Right:
      return { x: box.x + box.width, y: middleY(box) };
    case Position.Top:
      return { x: middleX(box), y: box.y };
    case Position.Bottom:
      return { x: middleX(box), y: box.y + box.height };
  }
}

function middleX({ x, width }: Box): number {
  return x + width / 2;
}

function middleY({ y, height }: Box): number {
  return y + height / 2;
}
