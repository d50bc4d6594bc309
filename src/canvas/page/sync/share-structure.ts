/**
 * `after`, with each part that equals its counterpart in `before` replaced by that very object: what compares by identity
 * (memoised components, selectors) then sees only what has changed. List members that have an `id` are matched by it.
 */
export function shareStructure<T>(before: unknown, after: T): T {
  return share(before, after) as T;
}

function share(before: unknown, after: unknown): unknown {
  if (Object.is(before, after)) return before;
  if (Array.isArray(before) && Array.isArray(after)) return shareList(before, after);
  if (!isRecord(before) || !isRecord(after)) return after;
  const keys = Object.keys(after);
  let same = keys.length === Object.keys(before).length;
  const shared: Record<string, unknown> = {};
  for (const key of keys) {
    const value = share(before[key], after[key]);
    same &&= Object.hasOwn(before, key) && Object.is(value, before[key]);
    Object.defineProperty(shared, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return same ? before : shared;
}

function shareList(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const byId = new Map<unknown, unknown>();
  for (const member of before) if (isRecord(member) && "id" in member) byId.set(member["id"], member);
  const shared = after.map((member, index) =>
    share(isRecord(member) && "id" in member ? byId.get(member["id"]) : before[index], member),
  );
  const same = shared.length === before.length && shared.every((member, index) => Object.is(member, before[index]));
  return same ? before : shared;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
