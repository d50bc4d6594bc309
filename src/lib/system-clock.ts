import { awakeClock } from "./awake-clock.ts";

/** The machine's own time. */
export const systemClock = awakeClock({
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return { clear: () => clearTimeout(timer) };
  },
});
