import { times, type Trace } from "../trace.ts";

/** One tool that always gives the same error, whatever is asked of it. */
export const deadEnds: Trace[] = [
  {
    what: "arguments that differ with the same error",
    steps: times(10, "webfetch https://example.org/# => !Request failed: no route to host"),
    expected: "nudge 5, strong 8",
  },
  {
    what: "an error that names the argument",
    steps: times(9, "read /etc/missing#.txt => !File not found: /etc/missing#.txt"),
    expected: "nudge 5, strong 8",
  },
  {
    what: "the same failing command spelled differently",
    steps: [
      "npm test",
      "npm run test",
      "npm  test",
      "cd . && npm test",
      "npm test 2>&1",
      "CI=1 npm test",
      "(npm test)",
      "npm test || true; false",
      "npm -s test",
    ].map((command) => `bash ${command} => exit 1: sh: jest: not found`),
    expected: "nudge 5, strong 8",
  },
  {
    what: "failing edits with the same re-read between",
    steps: times(9, 'edit {"filePath":"a","oldString":"x#"} => !oldString not found in content', "read a => same text"),
    expected: "nudge 10-11, strong 17",
  },
  {
    what: "failing edits with something new to read between",
    steps: times(10, 'edit {"filePath":"a#","oldString":"x"} => !oldString not found in content', "read a# => text #"),
    expected: "never",
  },
  {
    what: "another error each time",
    steps: times(10, "bash make target# => exit 2: no rule for step #0"),
    expected: "never",
  },
  {
    what: "a success in between",
    steps: [...times(6, "read no# => !not there"), "read yes => text", ...times(6, "read other# => !not there")],
    expected: "nudge 5, nudge 12",
  },
  {
    what: "what was refused for another reason does not count as a failure",
    steps: [...times(7, "read a => text"), ...times(7, "read no# => !not there")],
    expected: "nudge 3, strong 4, block 5-7, nudge 12",
  },
  {
    what: "one failing call that is refused, and then others with the same error",
    steps: [...times(5, "read no => !not there"), ...times(4, "read no# => !not there")],
    expected: "nudge 3, strong 4, block 5, nudge 6, strong 9",
  },
  {
    what: "from the eighth failing call on, one that has failed twice",
    steps: [
      ...times(5, "webfetch https://example.org/# => !no route to host"),
      ...times(3, "webfetch https://example.org/1 => !no route to host"),
      "webfetch https://example.org/2 => !no route to host",
      "webfetch https://example.org/9 => !no route to host",
    ],
    expected: "nudge 5, block 8, strong 9",
  },
  {
    what: "a call that has failed twice is refused, and others run",
    steps: [
      ...times(
        2,
        "webfetch https://example.org/a => !no route to host",
        "webfetch https://example.org/b => !no route to host",
      ),
      ...times(3, "webfetch https://example.org/# => !no route to host"),
      "webfetch https://example.org/a => !no route to host",
      "webfetch https://example.org/1 => !no route to host",
      "webfetch https://example.org/a => !no route to host",
    ],
    expected: "nudge 5, block 8, strong 9, block 10",
  },
  {
    what: "two errors in turn, whatever the arguments",
    steps: times(8, 'edit {"oldString":"x#"} => !not found', 'edit {"oldString":"y#"} => !found more than once'),
    expected: "nudge 9-10, strong 15-16",
  },
  {
    what: "three errors in turn are a search for the right way",
    steps: times(8, "mcp_a # => !one", "mcp_a # # => !two", "mcp_a # # # => !three"),
    expected: "never",
  },
  {
    what: "failing without a word is no error that could be the same",
    steps: times(10, "bash false # => exit 1: (no output)"),
    expected: "never",
  },
];
