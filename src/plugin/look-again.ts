import type { Clock, Timer } from "../supervisor/ports.ts";

/**
 * Does something again and again, with a pause in between.
 *
 * @param look never rejects
 * @returns what ends it
 */
export function lookAgain(clock: Clock, pauseMs: number, look: () => Promise<void>): Timer {
  let isEnded = false;
  let timer: Timer;
  const wait = () => {
    timer = clock.after(pauseMs, () => void look().then(() => (isEnded ? undefined : wait())));
  };
  wait();
  return {
    clear() {
      isEnded = true;
      timer.clear();
    },
  };
}
