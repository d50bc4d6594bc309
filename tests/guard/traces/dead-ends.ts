import { times, type Trace } from "../trace.ts";

/** One tool that always gives the same error, whatever is asked of it. */
export const deadEnds: Trace[] = [
  {
    what: "arguments that differ with the same error",
    steps: times(10, "webfetch https://example.org/# => !Request failed: no route to host"),
    expected: "nudge 5, strong 6, block 8-10",
  },
  {
    what: "an error that names the argument",
    steps: times(9, "read /etc/missing#.txt => !File not found: /etc/missing#.txt"),
    expected: "nudge 5, strong 6, block 8-9",
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
    expected: "nudge 5, strong 6, block 8-9",
  },
  {
    what: "failing edits with the same re-read between",
    steps: times(9, 'edit {"filePath":"a","oldString":"x#"} => !oldString not found in content', "read a => same text"),
    expected: "nudge 10-11, strong 13, block 17",
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
    expected: "nudge 5, strong 6, nudge 12, strong 13",
  },
  {
    what: "what was refused for another reason does not count as a failure",
    steps: [...times(7, "read a => text"), ...times(7, "read no# => !not there")],
    expected: "nudge 3, strong 4, block 5-7, nudge 12, strong 13",
  },
  {
    what: "one failing call that is refused, and then others with the same error",
    steps: [...times(5, "read no => !not there"), ...times(4, "read no# => !not there")],
    expected: "nudge 3, strong 4, block 5, strong 6, block 8-9",
  },
  {
    what: "failing without a word is no error that could be the same",
    steps: times(10, "bash false # => exit 1: (no output)"),
    expected: "never",
  },
];
