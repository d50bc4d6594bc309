import { times, type Trace } from "../trace.ts";

const readA = "read a.ts => text of a";
const amongOthers = [readA, "read other#.ts => #"];

/** Thresholds, window and exempt tools of the user's own. */
export const optionTraces: Trace[] = [
  {
    what: "a threshold below a stutter number lowers that too",
    steps: times(4, readA),
    options: { loopThresholdWarn: 2, loopThresholdEscalate: 3, loopThresholdBlock: 4 },
    expected: "nudge 2, strong 3, block 4",
  },
  {
    what: "the lowest thresholds of all refuse no call that was not made",
    steps: [...times(20, "read #.ts => #"), readA, readA],
    options: { loopThresholdWarn: 1, loopThresholdEscalate: 1, loopThresholdBlock: 1 },
    expected: "block 22",
  },
  {
    what: "the lowest warning says nothing of a call that brings something new each time",
    steps: times(8, "read a => #"),
    options: { loopThresholdWarn: 1, loopThresholdEscalate: 8, loopThresholdBlock: 12 },
    expected: "never",
  },
  {
    what: "a block threshold above those of other tools raises these",
    steps: times(31, "mcp_key {} => ok"),
    options: { loopThresholdWarn: 20, loopThresholdEscalate: 25, loopThresholdBlock: 30 },
    expected: "nudge 20, strong 25, block 30-31",
  },
  {
    what: "a low block threshold is none for other tools",
    steps: times(10, "mcp_key {} => ok"),
    options: { loopThresholdWarn: 2, loopThresholdEscalate: 3, loopThresholdBlock: 4 },
    expected: "nudge 8",
  },
  {
    what: "a high warning leaves stutter as it is",
    steps: times(5, readA),
    options: { loopThresholdWarn: 10, loopThresholdEscalate: 11 },
    expected: "nudge 3, strong 4, block 5",
  },
  {
    what: "repeats in a window of 50",
    steps: times(14, ...amongOthers),
    options: { loopWindowSize: 50 },
    expected: "nudge 9, strong 15, block 23, block 25, block 27",
  },
  { what: "repeats in the default window", steps: times(14, ...amongOthers), expected: "nudge 9" },
  {
    what: "a block threshold above every window",
    steps: times(62, "bash sleep 1 => "),
    options: { loopThresholdWarn: 58, loopThresholdEscalate: 59, loopThresholdBlock: 60 },
    expected: "nudge 58, strong 59, block 60-62",
  },
  {
    what: "repeats that fall out of the smallest window",
    steps: times(8, readA, ...times(3, "read other#.ts => #").map((step) => String(step).replace("other", "x#-"))),
    options: { loopWindowSize: 3, loopThresholdWarn: 2, loopThresholdEscalate: 3, loopThresholdBlock: 3 },
    expected: "never",
  },
  {
    what: "an exempt tool of the user's",
    steps: times(12, 'mcp_poll {"job":1} => waiting'),
    options: { exemptTools: ["mcp_poll"] },
    expected: "never",
  },
];
