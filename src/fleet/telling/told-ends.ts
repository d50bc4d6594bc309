import type { End } from "../../opencode/own-metadata.ts";

export function includesEnd(ends: readonly End[], { instanceId, turn }: End): boolean {
  return ends.some((end) => end.instanceId === instanceId && end.turn === turn);
}

/** The ends of these agents, as far as they have ended. */
export function endsOf(
  records: readonly {
    readonly instanceId: string;
    readonly endedAt: string | null;
    readonly turns: readonly unknown[];
  }[],
): readonly End[] {
  const ended = records.filter(({ endedAt }) => endedAt !== null);
  return ended.map(({ instanceId, turns }) => ({ instanceId, turn: turns.length }));
}
