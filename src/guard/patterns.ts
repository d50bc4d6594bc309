import type { HistoryEntry } from "./history.ts";

/** The call that is being decided. */
export interface DecidedCall {
  readonly tool: string;
  readonly fingerprint: string;
  readonly waits: boolean;
}

/** What came before the call that is being decided. */
export interface Past {
  /** The calls of earlier steps. */
  readonly before: readonly HistoryEntry[];
  /** Other calls of the same step. */
  readonly beside: readonly HistoryEntry[];
}

/** A repetition that was found: `count` is the number of the call, or lap, that is being decided, itself included. */
export type Finding =
  | { readonly pattern: "repeat" | "stutter" | "dead_end"; readonly count: number }
  | {
      readonly pattern: "cycle";
      /** Whole laps. */
      readonly count: number;
      readonly length: number;
      /** Whether this call completes a lap. */
      readonly completesLap: boolean;
    };

const SHORTEST_CYCLE = 2;
const LONGEST_CYCLE = 5;

/** The same call with the same result, anywhere among the last `windowSize` calls. */
export function findRepeat(before: readonly HistoryEntry[], call: DecidedCall, windowSize: number): Finding {
  const same = before.slice(-(windowSize - 1)).filter(({ fingerprint }) => fingerprint === call.fingerprint);
  return { pattern: "repeat", count: equalTail(same) + 1 };
}

/** The same call with the same result, back to back. A call that waits may be made again. */
export function findStutter(before: readonly HistoryEntry[], call: DecidedCall): Finding {
  if (call.waits) return { pattern: "stutter", count: 1 };
  const start = before.findLastIndex(({ fingerprint }) => fingerprint !== call.fingerprint);
  return { pattern: "stutter", count: equalTail(before.slice(start + 1)) + 1 };
}

/** How many calls at the end had one and the same result; refused ones keep the count. */
function equalTail(entries: readonly HistoryEntry[]): number {
  const reference = entries.findLast(({ result }) => result !== null)?.result?.digest;
  const other = entries.findLastIndex(({ result }) => result !== null && result.digest !== reference);
  return entries.length - 1 - other;
}

/**
 * A sequence of two to five calls that comes again and again with the same results: the one with the most laps, since a
 * longer one may begin and end with a shorter one. Other calls of the same step are part of it.
 */
export function findCycle({ before, beside }: Past, call: DecidedCall): Finding | undefined {
  const sequence: readonly SequenceCall[] = [...before, ...beside, { ...call, result: null }];
  let found: Finding | undefined;
  for (let length = SHORTEST_CYCLE; length <= LONGEST_CYCLE; length++) {
    const lap = sequence.slice(-length);
    if (lap.length < length || lap.some(({ waits }) => waits)) continue;
    if (new Set(lap.map(({ fingerprint }) => fingerprint)).size < 2) continue;
    const periodic = periodicTail(sequence, length);
    const count = Math.floor(periodic / length);
    if (count > (found?.count ?? 1)) found = { pattern: "cycle", count, length, completesLap: periodic % length === 0 };
  }
  return found;
}

type SequenceCall = DecidedCall & Pick<HistoryEntry, "result">;

/** How many calls at the end repeat with this period. */
function periodicTail(sequence: readonly SequenceCall[], period: number): number {
  let tail = period;
  for (let index = sequence.length - 1; index >= period; index--) {
    const now = sequence[index];
    const earlier = sequence[index - period];
    if (now === undefined || earlier === undefined || now.fingerprint !== earlier.fingerprint) break;
    // The call that is being decided, and those that were refused, have no result of their own.
    const differ = now.result !== null && earlier.result !== null && now.result.digest !== earlier.result.digest;
    if (differ) break;
    tail++;
  }
  return tail;
}

/**
 * One tool that fails with the same error, whatever its arguments; ended by a success that brings something new. Calls of
 * one step count once: the model had not seen the error of the first when it wrote the last.
 */
export function findDeadEnd(before: readonly HistoryEntry[], call: DecidedCall): Finding {
  const failures: HistoryEntry[] = [];
  for (const entry of before.toReversed()) {
    if (entry.tool === call.tool) {
      const reference = failures.find(({ result }) => result !== null)?.result?.digest;
      const isSame = entry.result === null || reference === undefined || entry.result.digest === reference;
      if (!(entry.isBlocked || entry.result?.isError === true) || !isSame) break;
      failures.push(entry);
    } else if (entry.isNews && entry.result?.isError === false) {
      break;
    }
  }
  // What was refused before the first of these failures was refused for something else.
  const counted = failures.slice(0, failures.findLastIndex(({ result }) => result !== null) + 1);
  const kinds = new Set([call, ...counted].map(({ fingerprint }) => fingerprint));
  const rounds = new Set(counted.map(({ round }) => round));
  return { pattern: "dead_end", count: kinds.size < 2 ? 1 : rounds.size + 1 };
}
