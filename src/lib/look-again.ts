import type { BaseClock, Timer } from "./clock.ts";

/** A look that is repeated with a pause in between, while it is worth it: at most one timer, and none otherwise. */
export interface RepeatedLook {
  /** Something happened that may be worth a look: there is one more, at the end of the pause. Costs nothing. */
  arm(): void;
  /** Ends it for good. */
  clear(): void;
}

/**
 * Does something again and again, with a pause in between, from the first {@link RepeatedLook.arm} on until it says that
 * nothing is left to look for.
 *
 * @param look whether there is something left to look for; never rejects
 */
export function lookAgain(clock: BaseClock, pauseMs: number, look: () => Promise<boolean>): RepeatedLook {
  /** Set from the beginning of the pause to the end of the look. */
  let timer: Timer | undefined;
  let isArmed = false;
  let isEnded = false;
  const wait = () => {
    timer = clock.after(pauseMs, () => void lookNow());
  };
  const lookNow = async () => {
    isArmed = false;
    const isWorthIt = await look();
    timer = undefined;
    // What happened during the look may have come too late for it.
    if ((isWorthIt || isArmed) && !isEnded) wait();
  };
  return {
    arm() {
      isArmed = true;
      if (timer === undefined && !isEnded) wait();
    },
    clear() {
      isEnded = true;
      timer?.clear();
    },
  };
}
