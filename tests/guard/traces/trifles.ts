import { times, type Trace } from "../trace.ts";

/** Calls that differ in what says nothing about what they do: those with one result are repeats, at the slow ladder. */
export const trifles: Trace[] = [
  {
    what: "another limit on time each time",
    steps: times(12, 'bash {"command":"make","timeout":#0000} => exit 2: no rule'),
    expected: "nudge 5, strong 8, block 12",
  },
  {
    what: "another limit on time in the command",
    steps: times(12, "bash timeout #0 make check --timeout=#s => exit 2: no rule"),
    expected: "nudge 5, strong 8, block 12",
  },
  {
    what: "another limit on what is read",
    steps: times(12, 'read {"filePath":"a","limit":#00} => the only line'),
    expected: "nudge 5, strong 8, block 12",
  },
  {
    what: "another limit on what is shown",
    steps: times(12, "bash bun test 2>&1 | tail -n #0 => exit 1: 3 fail"),
    expected: "nudge 5, strong 8, block 12",
  },
  {
    what: "another number of lines",
    steps: times(12, "bash head -#0 a => the only line"),
    expected: "nudge 5, strong 8, block 12",
  },
  {
    what: "another comment each time",
    steps: times(12, `bash {"command":"ls src \\u0023 attempt #"} => a.ts`),
    expected: "nudge 5, strong 8, block 12",
  },
  {
    what: "another description each time",
    steps: times(12, 'bash {"command":"ls","description":"Try number #"} => a.ts'),
    expected: "nudge 5, strong 8, block 12",
  },
  {
    what: "another limit on the time of an MCP server's tool",
    steps: times(25, 'mcp_find {"text":"x","timeout":#000} => none'),
    expected: "nudge 8, strong 16, block 25",
  },
  {
    what: "a cycle whose descriptions differ",
    steps: times(
      6,
      'bash {"command":"ls","description":"Look #"} => a.ts',
      'bash {"command":"cat a.ts","description":"Read #"} => text',
    ),
    expected: "nudge 8-9, strong 10, block 12",
  },
];
