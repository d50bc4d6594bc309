/**
 * Measures several things in turns, each round beginning with another one. A first round of each is not counted: it
 * fills caches that every later one finds.
 */
export async function inTurns<Name extends string, T>(
  rounds: number,
  measures: Readonly<Record<Name, () => Promise<T>>>,
): Promise<Record<Name, T[]>> {
  const names = Object.keys(measures) as Name[];
  const result = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, T[]>;
  for (const name of names) await measures[name]();
  for (let round = 0; round < rounds; round++) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) result[name].push(await measures[name]());
  }
  return result;
}
