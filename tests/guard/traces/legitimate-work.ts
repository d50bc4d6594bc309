import { times, type Trace } from "../trace.ts";

/** Work that looks alike and is none the worse for it: never blocked. */
export const legitimateWork: Trace[] = [
  {
    what: "polling whose answer changes",
    steps: times(20, "bash gh run view 1 => step # of 20"),
    expected: "never",
  },
  {
    what: "polling whose answer changes now and then",
    steps: times(6, "bash status => phase #", "bash status => phase #"),
    expected: "never",
  },
  {
    what: "editing and testing with an improving result",
    steps: times(
      10,
      'edit {"filePath":"a","newString":"try #"} => Edit applied successfully.',
      "bash bun test => exit 1: # of 10 pass",
    ),
    expected: "never",
  },
  {
    what: "editing and testing with one and the same failure",
    steps: times(
      8,
      'edit {"filePath":"a","newString":"try #"} => Edit applied successfully.',
      "bash bun test => exit 1: 3 fail",
    ),
    expected: "nudge 10",
  },
  {
    what: "a long test report that differs at its end only",
    steps: times(8, `bash bun test => exit 1: ${"same failing line\n".repeat(1000)}# fail`),
    expected: "never",
  },
  { what: "forty different reads", steps: times(40, "read src/file#.ts => text #"), expected: "never" },
  {
    what: "forty different reads with one text",
    steps: times(40, "read src/file#.ts => export {};"),
    expected: "never",
  },
  {
    what: "pages of one file",
    steps: times(12, 'read {"filePath":"a.ts","offset":#00} => lines from #00'),
    expected: "never",
  },
  { what: "ids as arguments", steps: times(20, 'mcp_get {"id":#} => {"state":"open"}'), expected: "never" },
  {
    what: "the same notes written again",
    steps: times(20, 'todowrite {"todos":[]} => ok', "todoread {} => []"),
    expected: "never",
  },
  { what: "asking again", steps: times(8, 'question {"q":"?"} => yes'), expected: "never" },
  {
    what: "waiting for agents",
    steps: times(15, 'bizar_collect {"instanceId":"bgr_1"} => running'),
    expected: "never",
  },
  {
    what: "re-reading one file after each edit of it",
    steps: times(10, 'edit {"filePath":"a","newString":"v#"} => Edit applied successfully.', "read a => v#"),
    expected: "never",
  },
  {
    what: "re-reading an unchanged part of a file after each edit",
    steps: times(10, 'edit {"filePath":"a","newString":"v#"} => Edit applied successfully.', "read a => head"),
    expected: "nudge 10",
  },
  {
    what: "twenty edits whose answers are all alike",
    steps: times(20, 'edit {"filePath":"a#","newString":"x"} => Edit applied successfully.'),
    expected: "never",
  },
  { what: "ten mkdir whose answers are all alike", steps: times(10, "bash mkdir dir# => "), expected: "never" },
  {
    what: "writing the same text into many files",
    steps: times(12, 'write {"filePath":"f#","content":""} => Wrote file successfully.'),
    expected: "never",
  },
  { what: "eight searches without a match", steps: times(8, "grep word# => No files found"), expected: "never" },
  {
    what: "eight searches of bash without a match",
    steps: times(8, "bash grep -r word# . => exit 1: (no output)"),
    expected: "never",
  },
  {
    what: "eight comparisons that differ",
    steps: times(8, "bash cd /project && diff old# new# => exit 1: Files differ"),
    expected: "never",
  },
  {
    what: "waiting with sleep",
    steps: times(10, "bash sleep 60 && curl -s localhost/health => after 60 s: down"),
    expected: "never",
  },
  {
    what: "waiting and looking in turns",
    steps: times(8, "bash sleep 30 => after 30 s: ", "bash gh run view 1 => in progress"),
    expected: "nudge 10",
  },
  {
    what: "large outputs that differ only in a time stamp",
    steps: times(8, `bash date; cat log => 12:00:0# ${"the same line\n".repeat(2000)}`),
    expected: "never",
  },
  {
    what: "test runs that differ only in their duration",
    steps: times(8, "bash bun test => exit 1: 3 fail [#.00ms]"),
    expected: "never",
  },
  {
    what: "a failing command of one kind after each change",
    steps: times(
      9,
      'write {"filePath":"a","content":"#"} => Wrote file successfully.',
      "bash make CC=c# => exit 2: syntax error",
    ),
    expected: "never",
  },
  {
    what: "looking between different edits",
    steps: times(
      8,
      "bash git status => clean",
      "read a# => text #",
      'edit {"filePath":"a#"} => Edit applied successfully.',
    ),
    expected: "never",
  },
  {
    what: "different subagents with one answer",
    steps: times(10, "task Check module #. => No problem found."),
    expected: "never",
  },
  {
    what: "commands that begin with one path",
    steps: times(4, "bash /project/run a#/../b => ok", "bash /project/test x#/../b => ok"),
    expected: "never",
  },
];
