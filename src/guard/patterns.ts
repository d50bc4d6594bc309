import type { HistoryEntry, JudgedCall, Past } from "./history.ts";

/** A repetition that was found. */
export type Finding =
  | {
      readonly pattern: "repeat" | "stutter" | "dead_end";
      /** The number of the call that is judged, itself included. */
      readonly count: number;
      /** How many of them ran. */
      readonly ran: number;
    }
  | {
      readonly pattern: "cycle";
      /** Whole laps, the call that is judged included. */
      readonly count: number;
      /** Whole laps that ran. */
      readonly ran: number;
      readonly length: number;
      /** Whether this call completes a lap. */
      readonly completesLap: boolean;
      /** All its calls only read, and are the same to the letter. */
      readonly onlyReads: boolean;
    };

const SHORTEST_CYCLE = 2;
const LONGEST_CYCLE = 12;
const NONE: Finding = { pattern: "stutter", count: 1, ran: 0 };

type Sequence = readonly (JudgedCall & Partial<Pick<HistoryEntry, "isBlocked">>)[];

/**
 * The same call with the same result, trifles aside, anywhere among the last `windowSize` calls. For a tool that nobody
 * knows, what another call has shown since is news: it may have been brought about by this one.
 */
export function findRepeat(before: readonly HistoryEntry[], call: JudgedCall, windowSize: number): Finding {
  const inWindow = before.slice(-(windowSize - 1));
  const news = call.kind === "foreign" ? inWindow.findLastIndex((other) => isLook(other, call)) : -1;
  return counted("repeat", equalTail([...inWindow.slice(news + 1).filter(({ gist }) => gist === call.gist), call]));
}

function isLook(other: HistoryEntry, call: JudgedCall): boolean {
  return other.gist !== call.gist && other.isNews && other.result?.isError === false;
}

/** The same call with the same result, back to back. Only a call that reads, and does not wait, can stutter. */
export function findStutter(before: readonly HistoryEntry[], call: JudgedCall): Finding {
  if (call.kind !== "reading" || call.waits || tookLong(before, call)) return NONE;
  const start = before.findLastIndex(({ fingerprint }) => fingerprint !== call.fingerprint);
  return counted("stutter", equalTail([...before.slice(start + 1), call]));
}

/** Whether a call waits, by how long it took before: at least every second time. */
export function tookLong(before: readonly HistoryEntry[], { gist }: JudgedCall): boolean {
  const same = equalTail(before.filter((other) => other.gist === gist && other.result !== null));
  return same.length > 0 && same.filter(({ isLong }) => isLong).length * 2 >= same.length;
}

function counted(pattern: "repeat" | "stutter", calls: Sequence): Finding {
  return { pattern, count: calls.length, ran: calls.filter(hasRun).length };
}

function hasRun({ result }: Pick<JudgedCall, "result">): boolean {
  return result !== null;
}

/** The calls at the end that had one and the same result; those without one, such as refused ones, keep the count. */
function equalTail<T extends Pick<JudgedCall, "result">>(calls: readonly T[]): readonly T[] {
  const reference = calls.findLast(hasRun)?.result?.digest;
  return calls.slice(1 + calls.findLastIndex(({ result }) => result !== null && result.digest !== reference));
}

/** The sequences of calls that come again and again with the same results. Other calls of the same step are part of them. */
export function findCycles({ before, beside }: Past, call: JudgedCall): Finding[] {
  const sequence: Sequence = [...before, ...beside, call];
  const found: Finding[] = [];
  for (let length = SHORTEST_CYCLE; length <= LONGEST_CYCLE; length++) {
    if (sequence.at(-1 - length)?.gist !== call.gist) continue;
    // How long the call that is judged takes, the lap before may tell.
    const laps = sequence.slice(-2 * length);
    if (laps.some(({ waits }) => waits) || new Set(laps.map(({ gist }) => gist)).size < 2) continue;
    const periodic = sequence.slice(-periodicTail(sequence, length));
    const count = Math.floor(periodic.length / length);
    if (count < 2) continue;
    found.push({
      pattern: "cycle",
      count,
      ran: Math.floor(periodic.filter(hasRun).length / length),
      length,
      completesLap: periodic.length % length === 0,
      onlyReads: laps.every(({ kind }) => kind === "reading") && isExact(periodic, length),
    });
  }
  return found;
}

/** How many calls at the end repeat with this period, trifles aside. */
function periodicTail(sequence: Sequence, period: number): number {
  let tail = period;
  for (let index = sequence.length - 1; index >= period; index--) {
    const now = sequence[index];
    const earlier = sequence[index - period];
    if (now === undefined || earlier === undefined || now.gist !== earlier.gist) break;
    // The call that is being decided, and those that were refused, have no result of their own.
    const differ = now.result !== null && earlier.result !== null && now.result.digest !== earlier.result.digest;
    if (differ) break;
    tail++;
  }
  return tail;
}

function isExact(calls: Sequence, period: number): boolean {
  return calls.every(({ fingerprint }, index) => index < period || fingerprint === calls[index - period]?.fingerprint);
}

/**
 * One tool that fails with the same error as this call has, whatever its arguments, also in turn with one other error;
 * ended by a success that brings something new. Calls of one step count once: the model had not seen the error of the
 * first when it wrote the last.
 */
export function findDeadEnd(before: readonly HistoryEntry[], call: HistoryEntry): Finding {
  const same = [call, ...failuresLike(before, call.tool, call.result?.digest)];
  const ran = new Set(same.map(({ round }) => round)).size;
  const differ = same.some(({ fingerprint }) => fingerprint !== call.fingerprint);
  return differ ? { pattern: "dead_end", count: ran, ran } : NONE;
}

/** The dead end in which this very call has failed twice already; a call that was not made yet is in none. */
export function findOwnDeadEnd(before: readonly HistoryEntry[], call: JudgedCall): Finding {
  const last = before.findLast(({ fingerprint, result }) => fingerprint === call.fingerprint && result !== null);
  if (last?.result?.isError !== true) return NONE;
  const same = failuresLike(before, call.tool, last.result.digest);
  const own = same.filter(({ fingerprint }) => fingerprint === call.fingerprint);
  if (own.length < 2 || own.length === same.length) return NONE;
  const ran = new Set(same.map(({ round }) => round)).size;
  return { pattern: "dead_end", count: ran + 1, ran };
}

function failuresLike(before: readonly HistoryEntry[], tool: string, digest: string | undefined): HistoryEntry[] {
  const same: HistoryEntry[] = [];
  const errors = new Set([digest]);
  for (const entry of before.toReversed()) {
    if (entry.result === null) continue;
    if (entry.tool === tool) {
      errors.add(entry.result.digest);
      if (!entry.result.isError || errors.size > 2) break;
      if (entry.result.digest === digest) same.push(entry);
    } else if (entry.isNews && !entry.result.isError) {
      break;
    }
  }
  return same;
}
