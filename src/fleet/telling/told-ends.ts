import { isNumber, isText, listOf, shape } from "../../lib/shape.ts";

/** The end of one turn, as the metadata of a message, or of a tool's answer, names it. */
export interface End {
  readonly instanceId: string;
  /** The number of the turn, from 1. */
  readonly turn: number;
}

const namesEnds = shape({ bizar: listOf(shape({ instanceId: isText, turn: isNumber })) });

/** The ends that metadata names, as the plugin wrote it; none in anything else. */
export function endsIn(metadata: unknown): readonly End[] {
  return namesEnds(metadata) ? metadata.bizar : [];
}

const namesElsewhere = shape({ bizar: shape({ elsewhere: listOf(shape({ instanceId: isText, turn: isNumber })) }) });

/** Metadata of a note on ends that another session was told of. */
export function namingElsewhere(ends: readonly End[]): { bizar: { elsewhere: readonly End[] } } {
  return { bizar: { elsewhere: ends } };
}

/** The ends that {@link namingElsewhere} named. */
export function elsewhereIn(metadata: unknown): readonly End[] {
  return namesElsewhere(metadata) ? metadata.bizar.elsewhere : [];
}

export function includesEnd(ends: readonly End[], { instanceId, turn }: End): boolean {
  return ends.some((end) => end.instanceId === instanceId && end.turn === turn);
}

/** Metadata that names the ends of these agents, as far as they have ended. */
export function namingEnds(
  records: readonly {
    readonly instanceId: string;
    readonly endedAt: string | null;
    readonly turns: readonly unknown[];
  }[],
): { bizar: End[] } {
  const ended = records.filter(({ endedAt }) => endedAt !== null);
  return { bizar: ended.map(({ instanceId, turns }) => ({ instanceId, turn: turns.length })) };
}
