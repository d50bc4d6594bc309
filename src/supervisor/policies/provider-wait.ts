import type { Timer } from "../../lib/clock.ts";
import type { Policy } from "./policy.ts";

/** So long an agent waits for a provider at most, where no other model goes on. */
const LONGEST_WAIT_MS = 3_600_000;

/** Leaves a provider that asks to wait for longer than this; without another model the agent waits, and its parent is told. */
export function providerWaitPolicy({ maxRetryWaitMs }: { readonly maxRetryWaitMs: number }): Policy {
  return {
    watch({ agent }, clock, { end, fallBack, tellParent }) {
      /** Since when the host waits for the provider, without a step in between. */
      let since: number | null = null;
      let until = 0;
      let words = "";
      let isTold = false;
      let timers: Timer[] = [];
      const clear = () => {
        for (const timer of timers) timer.clear();
        timers = [];
        since = null;
      };
      const waitsTooLong = () => {
        const asked = `The provider asks to wait until ${new Date(until).toISOString()}${words === "" ? "" : `: ${words}`}`;
        if (fallBack(asked, until)) {
          clear();
          return;
        }
        if (isTold) return;
        isTold = true;
        tellParent(
          `${agent} waits for its provider: ${JSON.stringify(asked)}. It goes on by itself, or ends within an hour.`,
        );
      };
      return {
        progressed({ liveness }) {
          if (liveness?.phase !== "retrying") {
            clear();
            return;
          }
          const begins = since === null;
          since ??= clock.now();
          words = liveness.retryWords ?? "";
          const isLater = (liveness.retryAt ?? 0) > until;
          until = liveness.retryAt ?? since;
          if (begins) {
            timers.push(clock.alarm(since + maxRetryWaitMs, waitsTooLong));
            const error = `The provider did not answer for an hour${words === "" ? "" : `: ${words}`}.`;
            timers.push(
              clock.alarm(since + LONGEST_WAIT_MS, () => end({ status: "failed", reason: "session_error", error })),
            );
          }
          if (isLater && until - since > maxRetryWaitMs) waitsTooLong();
        },
        turnStarted() {
          clear();
          until = 0;
        },
        dispose: clear,
      };
    },
  };
}
