import type { Turn } from "./instance.ts";

/** The turns, with a change in the last of them. */
export function replaceLast(turns: readonly Turn[], change: Partial<Turn>): readonly Turn[] {
  return turns.map((turn, index) => (index === turns.length - 1 ? { ...turn, ...change } : turn));
}
