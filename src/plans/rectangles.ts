/** Room between two things on the canvas, in pixels. */
export const GAP = 40;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Whether two rectangles come nearer to each other than a gap in both directions. */
export function areNear(one: Rectangle, other: Rectangle, gap: number): boolean {
  return (
    one.x < other.x + other.width + gap &&
    other.x < one.x + one.width + gap &&
    one.y < other.y + other.height + gap &&
    other.y < one.y + one.height + gap
  );
}

/** The smallest rectangle around some; that of none is empty and at the origin. */
export function around(rectangles: Iterable<Rectangle>): Rectangle {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of rectangles) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return left === Infinity
    ? { x: 0, y: 0, width: 0, height: 0 }
    : { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * How far some rectangles have to go down, all together, until none of them is near one of the others.
 *
 * @param others sorted by `y`
 */
export function wayDown(moving: readonly Rectangle[], others: readonly Rectangle[], gap: number): number {
  let way = 0;
  for (let isMoved = true; isMoved;) {
    isMoved = false;
    for (const rectangle of moving) {
      for (const other of others) {
        const past = other.y + other.height + gap - rectangle.y;
        // Of places between two pixels, the sum of `y` and the way past may be rounded to before it.
        if (past <= way || !areNear({ ...rectangle, y: rectangle.y + way }, other, gap)) continue;
        way = past;
        isMoved = true;
      }
    }
  }
  return way;
}
