import type { Policy } from "./policy.ts";

/** Ends a run as `timed_out` when its own deadline passes, by the clock on the wall. */
export const deadlinePolicy: Policy = {
  watch({ deadlineMs }, clock, { end }) {
    if (deadlineMs === null) return { dispose() {} };
    const timer = clock.alarm(clock.now() + deadlineMs, () =>
      end({ status: "timed_out", reason: "deadline", error: `The deadline of ${deadlineMs} ms passed.` }),
    );
    return { dispose: () => timer.clear() };
  },
};
