import type { Policy } from "./policy.ts";

/** Ends a run as `timed_out` when its own deadline passes. */
export const deadlinePolicy: Policy = {
  watch({ deadlineMs }, clock, { end }) {
    if (deadlineMs === null) return { dispose() {} };
    const timer = clock.after(deadlineMs, () =>
      end({ status: "timed_out", reason: "deadline", error: `The deadline of ${deadlineMs} ms passed.` }),
    );
    return { dispose: () => timer.clear() };
  },
};
