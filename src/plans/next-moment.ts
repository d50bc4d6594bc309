import type { PlanMeta } from "./plan.ts";

/** Times of the disk this far ahead of the clock are somebody's mistake, and are not followed. */
export const MOST_AHEAD_MS = 10_000;

/**
 * Now, and later than all that the plan tells of: who has been told up to a moment misses nothing of the same one.
 *
 * @param now milliseconds since the epoch
 */
export function nextMoment(now: number, meta?: PlanMeta): string {
  const { askedAt, decidedAt, finishedAt, toldUntil } = meta?.review ?? {};
  const told = [meta?.lastEdited, askedAt, decidedAt, finishedAt, toldUntil].flatMap((time) =>
    time === undefined ? [] : [Date.parse(time)],
  );
  const latest = Math.max(...told.filter((time) => time < now + MOST_AHEAD_MS), 0);
  return new Date(Math.max(now, latest + 1)).toISOString();
}
