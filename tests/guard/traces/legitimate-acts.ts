import { times, type Trace } from "../trace.ts";

const EDITED = "Edit applied successfully.";

/** Work that does the same again on purpose, or waits: never blocked. */
export const legitimateActs: Trace[] = [
  {
    what: "a key pressed twenty times",
    steps: times(20, 'mcp_press_key {"key":"Down"} => Pressed.'),
    expected: "nudge 8, strong 16",
  },
  {
    what: "a button clicked five times",
    steps: times(5, 'browser_click {"ref":"e12"} => Clicked.'),
    expected: "never",
  },
  { what: "scrolling down a page", steps: times(15, 'browser_scroll {"dy":600} => ok'), expected: "nudge 8" },
  {
    what: "a next page, and a look that shows something new",
    steps: times(30, 'browser_click {"ref":"next"} => Clicked.', "browser_snapshot {} => page #"),
    expected: "never",
  },
  {
    what: "a key, and a look with a tool of the host's own",
    steps: times(30, 'mcp_press_key {"key":"n"} => ok', "bash cat screen.txt => screen #"),
    expected: "never",
  },
  {
    what: "keys with a look now and then",
    steps: times(8, ...times(5, 'mcp_press_key {"key":"Down"} => ok'), "mcp_screen {} => line #"),
    expected: "never",
  },
  { what: "undoing ten times", steps: times(10, "mcp_undo {} => ok"), expected: "nudge 8" },
  {
    what: "stepping through a program",
    steps: times(24, "debugger_step {} => stepped"),
    expected: "nudge 8, strong 16",
  },
  {
    what: "polling a job of an MCP server",
    steps: [...times(20, 'ci_job_status {"id":7} => running'), 'ci_job_status {"id":7} => passed'],
    expected: "nudge 8, strong 16",
  },
  {
    what: "waiting for a rollout",
    steps: times(20, "bash kubectl rollout status deploy/web --timeout=60s => after 60 s: exit 1: timed out waiting"),
    expected: "nudge 15",
  },
  {
    what: "watching a pipeline",
    steps: times(12, "bash gh run watch 1 --exit-status => after 45 s: in progress"),
    expected: "never",
  },
  {
    what: "waiting for a rollout and looking at it in turns",
    steps: times(
      8,
      "bash kubectl wait --for=condition=ready pod/a => after 30 s: exit 1: timed out",
      "bash cat a => a",
    ),
    expected: "nudge 10",
  },
  {
    what: "a slow page that is fetched again",
    steps: times(10, "webfetch https://example.org/status => after 6 s: maintenance"),
    expected: "never",
  },
  {
    what: "a slow page whose time is now above and now below five seconds",
    steps: times(
      5,
      "webfetch https://example.org/status => after 5.5 s: down",
      "webfetch https://example.org/status => after 4.5 s: down",
    ),
    expected: "never",
  },
  { what: "a test run five times on purpose", steps: times(5, "bash bun test flaky => 1 pass"), expected: "nudge 5" },
  {
    what: "a flaky test looked for",
    steps: times(11, "bash bun test flaky --rerun-each 5 => 5 pass"),
    expected: "nudge 5, strong 8",
  },
  {
    what: "tests before and after each edit",
    steps: times(10, "bash bun test => exit 1: 3 fail", `edit {"filePath":"a","newString":"try #"} => ${EDITED}`),
    expected: "nudge 9",
  },
  {
    what: "a server started again after each change",
    steps: times(8, `edit {"filePath":"conf","newString":"v#"} => ${EDITED}`, "bash systemctl restart app => "),
    expected: "nudge 10",
  },
  {
    what: "a commit after each edit with the same words",
    steps: times(8, `edit {"filePath":"a","newString":"#"} => ${EDITED}`, "bash git commit -qam wip => "),
    expected: "nudge 10",
  },
  {
    what: "the cure of a dead end",
    steps: [
      ...[
        "npm test",
        "npm run test",
        "npm t",
        "npx jest",
        "yarn test",
        "node_modules/.bin/jest",
        "npm test -- --ci",
      ].map((command) => `bash ${command} => exit 127: sh: jest: not found`),
      "bash npm install => exit 127: sh: jest: not found",
      "bash ls => package.json",
      "bash git log -1 => first",
      "bash npm test => 12 pass",
    ],
    expected: "nudge 5, strong 8",
  },
  {
    what: "the cure of a dead end that has failed before itself",
    steps: [
      "bash npm install => exit 1: no network",
      ...times(7, "bash npm test # => exit 1: no network"),
      "bash npm install => added 12 packages",
    ],
    expected: "nudge 5, strong 8",
  },
  {
    what: "many spellings of a name that does not exist",
    steps: times(15, "read src/name#.ts => !File not found: src/name#.ts"),
    expected: "nudge 5, strong 8",
  },
  {
    what: "pages of a list, with a limit that grows",
    steps: times(9, 'read {"filePath":"a","limit":#00} => # hundred lines'),
    expected: "never",
  },
  {
    what: "the end of a log, with more and more of it",
    steps: times(9, "bash tail -n #0 app.log => #0 lines"),
    expected: "never",
  },
  {
    what: "issues that differ in their description only",
    steps: times(12, 'tracker_create {"title":"Bug","description":"number #"} => Created.'),
    expected: "never",
  },
  {
    what: "scripts that differ in a line with # in a here-document",
    steps: times(9, `bash {"command":"cat > notes.md <<'EOF'\\n\\u0023 Chapter #\\nEOF"} => `),
    expected: "never",
  },
  {
    what: "commands that differ behind a # within a word or in quotes",
    steps: times(9, `bash {"command":"./send 'to \\u0023#' a\\u0023#"} => sent`),
    expected: "never",
  },
  {
    what: "six steps for each of four modules",
    steps: times(
      4,
      "read m#.ts => text #",
      `edit {"filePath":"m#.ts"} => ${EDITED}`,
      "bash bun test => 12 pass",
      "bash bun run lint => ok",
      "bash git add -A => ",
      "bash git commit -m 'module #' => done",
    ),
    expected: "never",
  },
  {
    what: "six files read again after each of three summaries of the conversation",
    steps: times(4, ...["a", "b", "c", "d", "e", "f"].map((name) => `read ${name} => text of ${name}`)),
    expected: "nudge 18, strong 24",
  },
];
