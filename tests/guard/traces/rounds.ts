import { times, type Trace } from "../trace.ts";

const read = (name: string) => `read ${name}.ts => text of ${name}`;

/** A model may make several calls in one step; it sees their results only after all of them. */
export const rounds: Trace[] = [
  {
    what: "parallel identical calls in one step",
    steps: [Array.from({ length: 12 }, () => read("a"))],
    expected: "never",
  },
  {
    what: "three identical calls in each step",
    steps: times(5, [read("a"), read("a"), read("a")]),
    expected: "nudge 7, strong 10, block 13-15",
  },
  {
    what: "the same two calls side by side in each step",
    steps: times(6, [read("a"), read("b")]),
    expected: "nudge 6, block 8-12",
  },
  {
    what: "forty different reads in one step",
    steps: [Array.from({ length: 40 }, (_, i) => read(`f${i}`))],
    expected: "never",
  },
  {
    what: "many paths that fail in one step are one try",
    steps: [Array.from({ length: 12 }, (_, i) => `read no${i} => !not there`), "read no => !not there"],
    expected: "never",
  },
  {
    what: "steps of paths that fail",
    steps: times(8, ["read no# => !not there", "read never# => !not there"]),
    expected: "nudge 9, strong 15",
  },
];
