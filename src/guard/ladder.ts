import {
  findCycle,
  findDeadEnd,
  findRepeat,
  findStutter,
  type DecidedCall,
  type Finding,
  type Past,
} from "./patterns.ts";

/** At which call a pattern is nudged, nudged strongly, and refused. */
interface Rungs {
  readonly nudge: number;
  readonly strong: number;
  readonly block: number;
}

/** The numbers in force. */
export interface Ladder {
  readonly windowSize: number;
  readonly repeat: Rungs;
  readonly stutter: Rungs;
  readonly deadEnd: Rungs;
  readonly cycle: { readonly nudge: number; readonly block: number };
}

export interface LadderOptions {
  readonly loopThresholdWarn: number;
  readonly loopThresholdEscalate: number;
  readonly loopThresholdBlock: number;
  readonly loopWindowSize: number;
}

const STUTTER: Rungs = { nudge: 3, strong: 4, block: 5 };
const DEAD_END: Rungs = { nudge: 5, strong: 6, block: 8 };
const CYCLE = { nudge: 3, block: 4 };

/** The ladder for these options; one that is lower than a stutter number lowers that too. */
export function createLadder(options: LadderOptions): Ladder {
  const repeat: Rungs = {
    nudge: options.loopThresholdWarn,
    strong: options.loopThresholdEscalate,
    block: options.loopThresholdBlock,
  };
  return {
    // A window shorter than the block threshold could never show enough calls.
    windowSize: Math.max(options.loopWindowSize, repeat.block),
    repeat,
    stutter: {
      nudge: Math.min(STUTTER.nudge, repeat.nudge),
      strong: Math.min(STUTTER.strong, repeat.strong),
      block: Math.min(STUTTER.block, repeat.block),
    },
    deadEnd: DEAD_END,
    cycle: CYCLE,
  };
}

export type Level = "nudge" | "strong" | "block";

/** What the guard makes of a call. */
export interface Verdict {
  readonly level: Level;
  readonly finding: Finding;
}

const SEVERITY: Readonly<Record<Level, number>> = { nudge: 1, strong: 2, block: 3 };

/** The most severe verdict on a call, or `undefined` when nothing speaks against it. */
export function judgeCall(past: Past, call: DecidedCall, ladder: Ladder): Verdict | undefined {
  const { before } = past;
  const verdicts = [
    rung(findStutter(before, call), ladder.stutter),
    repeatVerdict(before, call, ladder),
    cycleVerdict(findCycle(past, call), ladder.cycle),
    rung(findDeadEnd(before, call), ladder.deadEnd),
  ].filter((verdict) => verdict !== undefined);
  return verdicts.toSorted((a, b) => SEVERITY[b.level] - SEVERITY[a.level])[0];
}

/** A nudge is given once, at its number; from the block's number on every call is refused. */
function rung(finding: Finding, { nudge, strong, block }: Rungs): Verdict | undefined {
  if (finding.count >= block) return { level: "block", finding };
  if (finding.count === strong) return { level: "strong", finding };
  return finding.count === nudge ? { level: "nudge", finding } : undefined;
}

/** While as many repeats leave the window as enter it, their number stays the same: that is told once. */
function repeatVerdict(before: Past["before"], call: DecidedCall, { repeat, windowSize }: Ladder): Verdict | undefined {
  const finding = findRepeat(before, call, windowSize);
  const verdict = rung(finding, repeat);
  if (verdict === undefined || verdict.level === "block") return verdict;
  const last = before.findLastIndex(({ fingerprint }) => fingerprint === call.fingerprint);
  const earlier = findRepeat(before.slice(0, Math.max(0, last)), call, windowSize);
  return earlier.count < finding.count ? verdict : undefined;
}

function cycleVerdict(finding: Finding | undefined, cycle: Ladder["cycle"]): Verdict | undefined {
  if (finding?.pattern !== "cycle") return undefined;
  if (finding.count >= cycle.block) return { level: "block", finding };
  return finding.count === cycle.nudge && finding.completesLap ? { level: "nudge", finding } : undefined;
}
