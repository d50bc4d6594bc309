/**
 * Measures two things in turns, one after the other, the order changing with each round. A first round of each is not
 * counted: it fills caches that every later one finds.
 */
export async function sideBySide<T>(
  rounds: number,
  measure: () => Promise<T>,
  baseline: () => Promise<T>,
): Promise<{ measured: T[]; baseline: T[] }> {
  await measure();
  await baseline();
  const result: { measured: T[]; baseline: T[] } = { measured: [], baseline: [] };
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 1) result.baseline.push(await baseline());
    result.measured.push(await measure());
    if (round % 2 === 0) result.baseline.push(await baseline());
  }
  return result;
}
