import type { Clock } from "../supervisor/ports.ts";

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return { clear: () => clearTimeout(timer) };
  },
};
