import { systemClock } from "../src/lib/system-clock.ts";
import type { Clock } from "../src/lib/clock.ts";

/** A clock on which so many seconds pass in one. */
export function scaledClock(factor: number): Clock {
  return {
    now: () => Date.now() * factor,
    after: (ms, run) => systemClock.after(ms / factor, run),
    limit: (ms, run, since) => systemClock.limit(ms / factor, run, since === undefined ? since : since / factor),
    alarm: (at, run) => systemClock.alarm(at / factor, run),
    awakeSince: (at) => systemClock.awakeSince(at / factor) * factor,
  };
}
