import { SAYS, times, type Trace } from "../trace.ts";

const readA = "read src/a.ts => const a = 1;";

/** The same call with the same answer, back to back or among others. */
export const repeats: Trace[] = [
  { what: "identical calls", steps: times(8, readA), expected: "nudge 3, strong 4, block 5-8" },
  { what: "two identical calls", steps: times(2, readA), expected: "never" },
  {
    what: "identical calls that act and fail",
    steps: times(13, "bash make => exit 2: make: *** no rule to make target"),
    expected: "nudge 5, strong 8, block 12-13",
  },
  {
    what: "identical calls that act and succeed without a word",
    steps: times(13, "bash touch done => "),
    expected: "nudge 5, strong 8, block 12-13",
  },
  {
    what: "a line of bash that only reads",
    steps: times(6, "bash git log -3 | grep fix => one fix"),
    expected: "nudge 3, strong 4, block 5-6",
  },
  {
    what: "a line of bash that only reads and fails",
    steps: times(6, "bash cat missing => exit 1: No such file or directory"),
    expected: "nudge 3, strong 4, block 5-6",
  },
  {
    what: "permuted keys",
    steps: times(
      3,
      'grep {"pattern":"x","path":"src","opts":{"a":1,"b":[2,3]}} => No files found',
      'grep {"opts":{"b":[2,3],"a":1},"path":"src","pattern":"x"} => No files found',
    ),
    expected: "nudge 3, strong 4, block 5-6",
  },
  {
    what: "another working directory in each call is noise",
    steps: times(5, 'bash {"command":"ls","cwd":"/project/#"} => a.ts'),
    expected: "nudge 3, strong 4, block 5",
  },
  {
    what: "a trace id in each call is noise",
    steps: times(26, 'mcp_query {"q":"x","meta":{"trace_id":"#","traceparent":"00-#"}} => none'),
    expected: "nudge 8, strong 16, block 25-26",
  },
  {
    what: "absolute and relative paths in the worktree",
    steps: times(3, "read src/a.ts => const a = 1;", "read /project/src/a.ts => const a = 1;"),
    expected: "nudge 3, strong 4, block 5-6",
  },
  {
    what: "spellings of one folder",
    steps: ["x", "./x", "x/", "/project/x", "x/.", "./x//"].map(
      (path) => `list {"path":${JSON.stringify(path)}} => a.ts`,
    ),
    expected: "nudge 3, strong 4, block 5-6",
  },
  {
    what: "a call among changing noise",
    steps: times(6, readA, readA, "read src/other#.ts => other #"),
    expected: "nudge 7, strong 11",
  },
  {
    what: "a call among changing noise, back to back in between",
    steps: [...times(4, readA, "glob **/# => a"), readA, ...times(4, readA)],
    expected: "nudge 9, nudge 11, strong 12, block 13",
  },
  {
    what: "a blocked call is tried again after something else",
    steps: [...times(6, readA), "bash ls => a.ts", ...times(6, readA)],
    expected: "nudge 3, strong 4, block 5-6, strong 9, nudge 10, strong 11, block 12-13",
  },
  {
    what: "the user's message starts afresh",
    steps: [...times(5, readA), SAYS, ...times(5, readA)],
    expected: "nudge 3, strong 4, block 5, nudge 8, strong 9, block 10",
  },
  {
    what: "a native subagent is guarded by itself",
    steps: times(4, "@sub read a.ts => a", "read a.ts => a"),
    expected: "nudge 5-6, strong 7-8",
  },
  {
    what: "one subagent after the other with the same prompt and the same answer",
    steps: times(12, "task Find the bug. => There is no bug."),
    expected: "nudge 5, strong 8, block 12",
  },
  {
    what: "notes in between hide nothing",
    steps: times(5, readA, 'todowrite {"todos":["#"]} => ok'),
    expected: "nudge 5, strong 7, block 9",
  },
  {
    what: "a tool named __proto__",
    steps: times(25, '__proto__ {"__proto__":{"x":1},"constructor":2} => ok'),
    expected: "nudge 8, strong 16, block 25",
  },
  {
    what: "an answer changes once, and then never again",
    steps: [...times(3, "bash cat status => pending"), ...times(6, "bash cat status => done")],
    expected: "nudge 3, nudge 6, strong 7, block 8-9",
  },
  {
    what: "waiting that never ends",
    steps: times(37, "bash sleep 30; gh run view => after 31 s: in progress"),
    expected: "nudge 15, strong 24, block 36-37",
  },
  {
    what: "a wait of an MCP server's tool that never ends",
    steps: times(75, 'mcp_wait_for {"text":"ready"} => after 5 s: not there'),
    expected: "nudge 24, strong 48, block 75",
  },
  {
    what: "one slow answer among quick ones makes no wait",
    steps: ["read a => after 9 s: a", ...times(5, "read a => a")],
    expected: "strong 4, block 5-6",
  },
  {
    what: "a short sleep is no long call",
    steps: times(12, "bash sleep 1; curl localhost => down"),
    expected: "nudge 5, strong 8, block 12",
  },
];
