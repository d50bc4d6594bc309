/**
 * Runs something with a signal that aborts when the given one does, or after so many milliseconds. No timer is left once
 * it has settled: a wait may have half an hour, and be over at once.
 */
export async function withLimit<T>(
  abort: AbortSignal,
  limitMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limitMs);
  try {
    return await run(AbortSignal.any([abort, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}
