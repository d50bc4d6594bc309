/**
 * The newest of a list for which there is room, in its order: where not all fit, the oldest are left out.
 *
 * @param oldestFirst looked at from its end, no further than there is room
 * @param size what the view of one takes
 */
export function newestThatFit<T, V>(
  oldestFirst: readonly T[],
  room: number,
  view: (item: T) => V,
  size: (view: V) => number,
): V[] {
  const views: V[] = [];
  let left = room;
  for (const item of oldestFirst.toReversed()) {
    const one = view(item);
    left -= size(one);
    if (left < 0) break;
    views.unshift(one);
  }
  return views;
}
