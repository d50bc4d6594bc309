import type { Clock } from "./clock.ts";
import { systemClock } from "./system-clock.ts";

/**
 * Runs something with a signal that aborts when the given one does, or after so many milliseconds by the clock on the wall. No timer is left once
 * it has settled: a wait may have half an hour, and be over at once.
 */
export async function withLimit<T>(
  abort: AbortSignal,
  limitMs: number,
  run: (signal: AbortSignal) => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  const late = new AbortController();
  const timer = clock.alarm(clock.now() + limitMs, () => late.abort());
  try {
    return await run(AbortSignal.any([abort, late.signal]));
  } finally {
    timer.clear();
  }
}
