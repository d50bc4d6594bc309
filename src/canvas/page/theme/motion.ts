const still = matchMedia("(prefers-reduced-motion: reduce)");

/** How long a movement of the view takes: no time at all for people who want no motion. */
export function motionMs(wantedMs: number): number {
  return still.matches ? 0 : wantedMs;
}
