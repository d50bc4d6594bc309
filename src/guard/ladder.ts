import type { HistoryEntry, JudgedCall, Past } from "./history.ts";
import {
  findCycles,
  findDeadEnd,
  findOwnDeadEnd,
  findRepeat,
  findStutter,
  tookLong,
  type Finding,
} from "./patterns.ts";

/** At which call, or lap, a pattern is nudged, nudged strongly, and refused. */
interface Rungs {
  readonly nudge: number;
  readonly strong: number;
  readonly block: number;
}

/** The numbers in force. */
export interface Ladder {
  readonly windowSize: number;
  /** More calls than this are never looked at together. */
  readonly mostCalls: number;
  readonly repeat: Rungs;
  readonly foreignRepeat: Rungs;
  readonly stutter: Rungs;
}

export interface LadderOptions {
  readonly loopThresholdWarn: number;
  readonly loopThresholdEscalate: number;
  readonly loopThresholdBlock: number;
  readonly loopWindowSize: number;
}

const STUTTER: Rungs = { nudge: 3, strong: 4, block: 5 };
/** A key, a click or a poll: many in a row with a constant answer are how such tools are used. */
const FOREIGN_REPEAT: Rungs = { nudge: 8, strong: 16, block: 25 };
const DEAD_END: Rungs = { nudge: 5, strong: 8, block: 8 };
const READING_CYCLE: Rungs = { nudge: 3, strong: Infinity, block: 4 };
const ACTING_CYCLE: Rungs = { nudge: 4, strong: 5, block: 6 };
/** From so many calls in a lap on it may be a way of working: every number is higher. */
const LONG_LAP = 6;
const LONG_READING_CYCLE: Rungs = { nudge: 3, strong: 4, block: 5 };
const LONG_ACTING_CYCLE: Rungs = { nudge: 4, strong: 6, block: 8 };
/** How much more patience a call that waits gets. */
const WAIT_FACTOR = 3;

/** The ladder for these options; one that is lower than a stutter number lowers that too. */
export function createLadder(options: LadderOptions): Ladder {
  // The first call of its kind is no repeat, whatever the options say.
  const repeat = eachRung((name) => Math.max(2, options[OPTION_OF[name]]));
  // A user who lets the host's own tools repeat themselves means any tool.
  const foreignRepeat = eachRung((name) => Math.max(FOREIGN_REPEAT[name], repeat[name]));
  return {
    windowSize: options.loopWindowSize,
    mostCalls: foreignRepeat.block * WAIT_FACTOR,
    repeat,
    foreignRepeat,
    stutter: eachRung((name) => Math.min(STUTTER[name], repeat[name])),
  };
}

const OPTION_OF = {
  nudge: "loopThresholdWarn",
  strong: "loopThresholdEscalate",
  block: "loopThresholdBlock",
} as const satisfies Record<keyof Rungs, keyof LadderOptions>;

function eachRung(number: (name: keyof Rungs) => number): Rungs {
  return { nudge: number("nudge"), strong: number("strong"), block: number("block") };
}

export type Level = "nudge" | "strong" | "block";

/** What the guard makes of a call. */
export interface Verdict {
  readonly level: Level;
  readonly finding: Finding;
}

const SEVERITY: Readonly<Record<Level, number>> = { nudge: 1, strong: 2, block: 3 };

/** Why a call must not be run, or `undefined`. */
export function judgeAsked(past: Past, call: JudgedCall, ladder: Ladder): Finding | undefined {
  const verdicts = [...repetitions(past, call, ladder), rung(findOwnDeadEnd(past.before, call), DEAD_END)];
  return verdicts.find((verdict) => verdict?.level === "block")?.finding;
}

/** What the model is to be told of a call that has ended, the most severe of it. */
export function judgeEnded(past: Past, call: HistoryEntry, ladder: Ladder): Verdict | undefined {
  const verdicts = repetitions(past, call, ladder);
  // Nobody is refused yet by what others have failed with.
  if (call.result?.isError === true)
    verdicts.push(rung(findDeadEnd(past.before, call), { ...DEAD_END, block: Infinity }));
  return verdicts
    .filter((verdict) => verdict !== undefined)
    .toSorted((a, b) => SEVERITY[b.level] - SEVERITY[a.level])[0];
}

function repetitions(past: Past, call: JudgedCall, ladder: Ladder): (Verdict | undefined)[] {
  return [
    rung(findStutter(past.before, call), ladder.stutter),
    repeatVerdict(past.before, call, ladder),
    ...findCycles(past, call).map(cycleVerdict),
  ];
}

/** A nudge is given once, at its number; from the block's number on every call is refused. */
function rung(finding: Finding, { nudge, strong, block }: Rungs): Verdict | undefined {
  if (finding.count >= block) return { level: "block", finding };
  if (finding.count === strong) return { level: "strong", finding };
  return finding.count === nudge ? { level: "nudge", finding } : undefined;
}

/** While as many repeats leave the window as enter it, their number stays the same: that is told once. */
function repeatVerdict(before: Past["before"], call: JudgedCall, ladder: Ladder): Verdict | undefined {
  const own = call.kind === "foreign" ? ladder.foreignRepeat : ladder.repeat;
  const rungs = tookLong(before, call) ? eachRung((name) => own[name] * WAIT_FACTOR) : own;
  // A window shorter than the block threshold could never show enough calls.
  const windowSize = Math.max(ladder.windowSize, rungs.block);
  const finding = findRepeat(before, call, windowSize);
  const verdict = rung(finding, rungs);
  if (verdict === undefined || verdict.level === "block") return verdict;
  const last = before.findLastIndex(({ gist }) => gist === call.gist);
  const earlier = findRepeat(before.slice(0, Math.max(0, last)), call, windowSize);
  return earlier.count < finding.count ? verdict : undefined;
}

function cycleVerdict(finding: Finding): Verdict | undefined {
  if (finding.pattern !== "cycle") return undefined;
  const isLong = finding.length >= LONG_LAP;
  const acting = isLong ? LONG_ACTING_CYCLE : ACTING_CYCLE;
  const verdict = rung(finding, finding.onlyReads ? (isLong ? LONG_READING_CYCLE : READING_CYCLE) : acting);
  // Whatever stands within a lap has the count of the lap before.
  return verdict?.level === "block" || finding.completesLap ? verdict : undefined;
}
