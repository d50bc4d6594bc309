import { expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findBrowser, openBrowser, wayIn } from "../../../src/canvas/open-browser.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { until } from "../../until.ts";

const table: [string, NodeJS.Platform, Record<string, string>, string][] = [
  ["a desktop", "linux", { DISPLAY: ":0" }, "system"],
  ["a Wayland desktop", "linux", { WAYLAND_DISPLAY: "wayland-0" }, "system"],
  ["WSL", "linux", { WSL_DISTRO_NAME: "Debian" }, "system"],
  ["a Mac", "darwin", {}, "system"],
  ["a server", "linux", {}, "none"],
  ["a server with an empty DISPLAY", "linux", { DISPLAY: "" }, "none"],
  ["a desktop over SSH", "linux", { DISPLAY: ":0", SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" }, "none"],
  ["a Mac over SSH", "darwin", { SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" }, "none"],
  [
    "an editor's server over SSH",
    "linux",
    { BROWSER: "/editor/open.sh", SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" },
    "command",
  ],
  ["a desktop where none is wanted", "linux", { DISPLAY: ":0", BROWSER: "none" }, "none"],
  ["CI", "linux", { CI: "true", DISPLAY: ":99", BROWSER: "firefox" }, "none"],
  ["no CI", "darwin", { CI: "false" }, "system"],
];
test.each(table)("what opens a link on %s (%s, %o): %s", (_what, platform, environment, kind) => {
  const browser = findBrowser(environment, platform);
  expect(browser.kind).toBe(kind as typeof browser.kind);
  if (browser.kind === "none") expect(browser.why).toEndWith(".");
});

test.each([
  ["the desktop's", "linux", "system", {}, "key"],
  ["the one that BROWSER names", "linux", "command", {}, "key"],
  ["that of Windows around WSL", "linux", "system", { WSL_DISTRO_NAME: "Debian" }, "file"],
  ["an editor's inside WSL", "linux", "command", { WSL_DISTRO_NAME: "Debian" }, "key"],
  ["a Mac's", "darwin", "system", {}, "file"],
  ["the one that BROWSER names on a Mac", "darwin", "command", {}, "file"],
] as const)("what a browser is given to open, %s (%s, %s, %o): a %s", (_whose, platform, kind, environment, way) => {
  const browser = kind === "system" ? { kind } : { kind, command: ["show"] };
  expect(wayIn(browser, environment, platform)).toBe(way);
});

test.each([
  ["one", (path: string) => path],
  ["the first of several", (path: string) => `${path}:lynx`],
])("BROWSER names a program that gets the address: %s", async (_form, name) => {
  const { program, shown } = writingProgram();
  const browser = findBrowser({ BROWSER: name(program) }, "linux");
  if (browser.kind === "none") throw new Error(browser.why);
  await openBrowser(browser, "http://127.0.0.1:1/plan/one?key=a");
  await until("it was shown", () => shown() !== "");
  expect(shown()).toBe("http://127.0.0.1:1/plan/one?key=a\n");
});

test("words of BROWSER are handed on, and %s is the place of the address", async () => {
  const { program, shown } = writingProgram();
  const browser = findBrowser({ BROWSER: `${program} --new-window --url=%s` }, "linux");
  if (browser.kind === "none") throw new Error(browser.why);
  await openBrowser(browser, "http://127.0.0.1:1/plan/$&");
  await until("it was shown", () => shown() !== "");
  expect(shown()).toBe("--new-window --url=http://127.0.0.1:1/plan/$&\n");
});

/** A program that writes down what it is called with. */
function writingProgram() {
  const folder = temporaryFolder();
  const [program, output] = [join(folder, "program.sh"), join(folder, "output.txt")];
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$*" > ${output}\n`);
  chmodSync(program, 0o755);
  return { program, shown: () => (existsSync(output) ? readFileSync(output, "utf8") : "") };
}
