const FIRST_MS = 400;
const LONGEST_MS = 15_000;

/**
 * How long to wait before trying again: doubling from 0.4 s up to 15 s, spread by a quarter either way.
 *
 * @param random from 0 to 1
 */
export function retryDelayMs(failuresBefore: number, random: number): number {
  const delay = Math.min(LONGEST_MS, FIRST_MS * 2 ** failuresBefore);
  return Math.round(delay * (0.75 + random / 2));
}
