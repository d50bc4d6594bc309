import type { Clock } from "../lib/clock.ts";

/** Runs something with a signal that aborts once the limit has passed on this clock. No timer is left once it settled. */
export async function withinLimit<T>(
  clock: Clock,
  limitMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = clock.limit(limitMs, () => late.abort(new DOMException("The operation timed out.", "TimeoutError")));
  try {
    return await run(late.signal);
  } finally {
    timer.clear();
  }
}
