import { expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findChromium, findFirefox, installChromium, installFirefox } from "../../scripts/set-up/browser.ts";
import type { ProgramMachine } from "../../scripts/set-up/debian-packages.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** A machine whose programs are those of one folder. */
function machineWith(programs: Record<string, string>, environment: Record<string, string> = {}) {
  const folder = temporaryFolder();
  for (const [name, lines] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\nfolder=${folder}\n${lines}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const machine: ProgramMachine = { platform: "linux", isRoot: false, environment: { PATH: folder, ...environment } };
  const log = () =>
    existsSync(join(folder, "log")) ? readFileSync(join(folder, "log"), "utf8").trim().split("\n") : [];
  return { folder, machine, log };
}

const WORKS = "exit 0";
const APT_GET = `echo "$DEBIAN_FRONTEND $*" >> $folder/log
case "$*" in *install*) for name in chromium firefox-esr; do
  case "$*" in *$name*) printf '#!/bin/sh\\nexit 0\\n' > $folder/$name; chmod +x $folder/$name;; esac
done;; esac`;

test("the first browser that runs is found; one that only says where to get it is not", () => {
  const { folder, machine } = machineWith({ chromium: "echo 'requires the snap' >&2; exit 1", "google-chrome": WORKS });
  expect(findChromium(machine)).toBe(join(folder, "google-chrome"));
});

test("BIZAR_CHROMIUM wins, and is not replaced by another where it is wrong", () => {
  const { folder, machine } = machineWith({ chromium: WORKS, mine: WORKS });
  const choose = (path: string) => ({ ...machine, environment: { ...machine.environment, BIZAR_CHROMIUM: path } });
  expect(findChromium(choose(join(folder, "mine")))).toBe(join(folder, "mine"));
  expect(findChromium(choose(join(folder, "not-there")))).toBeUndefined();
});

test("a machine without a browser gets Debian's, as root, without a question", async () => {
  const { folder, machine, log } = machineWith({ "apt-get": APT_GET });
  expect(findChromium(machine)).toBeUndefined();
  expect(await installChromium({ ...machine, isRoot: true })).toBe(true);
  expect(findChromium(machine)).toBe(join(folder, "chromium"));
  expect(log()).toEqual([
    expect.stringMatching(/^noninteractive .*update$/),
    expect.stringMatching(/^noninteractive .*install -y --no-install-recommends chromium fonts-liberation$/),
  ]);
});

test("a machine without Firefox gets Debian's, and Chromium is not taken for one", async () => {
  const { folder, machine, log } = machineWith({ "apt-get": APT_GET, chromium: WORKS });
  expect(findFirefox(machine)).toBeUndefined();
  expect(await installFirefox({ ...machine, isRoot: true })).toBe(true);
  expect(findFirefox(machine)).toBe(join(folder, "firefox-esr"));
  expect(log().at(-1)).toEndWith("install -y --no-install-recommends firefox-esr");
});

test("sudo is used where it asks for no password", async () => {
  const sudo = `[ "$1" = -n ] || exit 2\nshift\necho "sudo $1" >> $folder/log\nexec "$@"`;
  const { folder, machine, log } = machineWith({ "apt-get": APT_GET, sudo, true: WORKS });
  expect(await installChromium(machine)).toBe(true);
  expect(findChromium(machine)).toBe(join(folder, "chromium"));
  expect(log()).toContain("sudo env");
});

test.each([
  ["sudo asks for a password", { "apt-get": APT_GET, sudo: "exit 1" }],
  ["there is no sudo", { "apt-get": APT_GET }],
  ["there is no apt-get", { sudo: WORKS }],
])("nothing is tried where %s", async (_why, programs) => {
  const { machine, log } = machineWith(programs);
  expect(await installChromium(machine)).toBe(false);
  expect(log()).toEqual([]);
});

test("what the package manager has to say comes with the error", async () => {
  const { machine } = machineWith({ "apt-get": "echo 'E: no network' >&2; exit 100" });
  expect(installChromium({ ...machine, isRoot: true })).rejects.toThrow("E: no network");
});
