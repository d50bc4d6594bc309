import { closest, distance } from "fastest-levenshtein";

/**
 * The known name that a misspelt one most likely means.
 *
 * @returns the nearest of `known` within a third of its length, or `undefined` when none is near
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(
    name.toLowerCase(),
    known.map((candidate) => candidate.toLowerCase()),
  );
  const match = known.find((candidate) => candidate.toLowerCase() === near);
  if (match === undefined) return undefined;
  const allowed = Math.max(2, Math.ceil(match.length / 3));
  return distance(name.toLowerCase(), near) <= allowed ? match : undefined;
}
