import { times, type Trace } from "../trace.ts";

const [a, b, c, d, e, f] = ["a", "b", "c", "d", "e", "f"].map((name) => `read ${name}.ts => text of ${name}`) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

/** Sequences of calls that come again with the same answers. */
export const cycles: Trace[] = [
  { what: "A-B-A-B", steps: times(6, a, b), expected: "nudge 6, block 8-12" },
  { what: "A-B-C", steps: times(5, a, b, c), expected: "nudge 9, block 12-15" },
  { what: "A-B-C-D", steps: times(5, a, b, c, d), expected: "nudge 12, block 16-20" },
  { what: "A-B-C-D-E", steps: times(5, a, b, c, d, e), expected: "nudge 15, block 20-25" },
  { what: "six calls", steps: times(5, a, b, c, d, e, f), expected: "nudge 18, strong 24, block 30" },
  {
    what: "twelve calls",
    steps: times(5, ...Array.from({ length: 12 }, (_, index) => `grep word${index} => No files found`)),
    expected: "nudge 36, strong 48, block 60",
  },
  {
    what: "thirteen calls are too many for a cycle",
    steps: times(6, ...Array.from({ length: 13 }, (_, index) => `grep word${index} => No files found`)),
    expected: "never",
  },
  {
    what: "seven calls, one of which acts",
    steps: times(8, a, b, c, d, e, f, "bash bun test => exit 1: 3 fail"),
    expected: "nudge 28, strong 42, block 56",
  },
  {
    what: "a test and a look, over and over",
    steps: times(7, "bash bun test => exit 1: 3 fail", a),
    expected: "nudge 8-9, strong 10, block 12-14",
  },
  {
    what: "an edit and its undoing, over and over",
    steps: times(
      6,
      'edit {"filePath":"a","oldString":"x","newString":"y"} => Edit applied successfully.',
      'edit {"filePath":"a","oldString":"y","newString":"x"} => Edit applied successfully.',
    ),
    expected: "nudge 8-9, strong 10, block 12",
  },
  {
    what: "a click and a key, over and over",
    steps: times(6, 'mcp_click {"ref":"e1"} => ok', 'mcp_key {"key":"Tab"} => ok'),
    expected: "nudge 8, strong 10, block 12",
  },
  {
    what: "A-A-noise, always the same noise",
    steps: times(5, a, a, b),
    expected: "nudge 7, nudge 9, strong 11, block 12-15",
  },
  {
    what: "two laps and another call",
    steps: [...times(3, a, b), c, ...times(3, a, b)],
    expected: "nudge 6, nudge 10-11, nudge 13",
  },
  {
    what: "an error and a look, over and over",
    steps: times(5, 'edit {"filePath":"a","oldString":"x"} => !oldString not found', a),
    expected: "nudge 8-9, strong 10",
  },
  {
    what: "a lap that begins and ends with a lap of its own",
    steps: times(6, a, b, a, b, c),
    expected: "nudge 11-12, nudge 15, block 20-30",
  },
  {
    what: "a cycle whose answers change in each lap",
    steps: times(8, a, "bash status => at #%"),
    expected: "nudge 9",
  },
  {
    what: "a cycle after other work",
    steps: [...times(10, "read other#.ts => #"), ...times(4, a, b)],
    expected: "nudge 16, block 18",
  },
  {
    what: "a cycle with notes in it",
    steps: times(4, a, 'todowrite {"todos":["#"]} => ok', b),
    expected: "nudge 9, block 12",
  },
];
