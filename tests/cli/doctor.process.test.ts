import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "../../src/cli/main.ts");

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "bizar-doctor-"));
  await mkdir(join(root, "project/below"), { recursive: true });
  const binary = join(root, "opencode");
  await writeFile(binary, "#!/bin/sh\necho 1.2.3\n");
  await chmod(binary, 0o755);
  const launchers = {
    plain: { command: ["sh", "-c"] },
    closed: { command: ["sh", "-c", "echo no room at the inn >&2; exit 3", "closed"] },
    missing: { command: ["bizar-no-such-launcher"] },
    deaf: { command: ["sh", "-c", 'exec "$@" </dev/null', "deaf"] },
    elsewhere: { command: ["env"], directory: "/nowhere/at/all" },
  };
  const servers = [{ name: "east", url: "http://127.0.0.1:1", directory: "/srv/app", passwordEnv: "NO_SUCH_PASSWORD" }];
  const options = { opencodeBinary: binary, launchers, servers };
  const text = `{ // Comments are allowed.\n"plugin": ["another", ["opencode-bizar", ${JSON.stringify(options)}],] }`;
  await writeFile(join(root, "project/opencode.jsonc"), text);
});
afterAll(async () => await rm(root, { recursive: true, force: true }));

async function doctor(cwd: string, ...places: string[]) {
  const child = Bun.spawn([process.execPath, MAIN, "doctor", ...places], {
    cwd: join(root, cwd),
    env: { HOME: root, PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return {
    lines: stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/ {2,}/)),
    stderr,
    exitCode,
  };
}

test("a place with all that an agent needs is told of in a table", async () => {
  const { lines, exitCode } = await doctor("project/below", "plain");
  expect(lines).toEqual([
    ["PLACE", "WHAT", "FOUND, OR WHAT TO DO"],
    ["plain", "reached", "ok", expect.any(String)],
    ["plain", "opencode", "ok", "1.2.3"],
    ["plain", "git", "ok", expect.stringContaining("git version")],
    ["plain", "folder", "ok", join(root, "project/below")],
    ["plain", "a file there and back", "ok", "133345 bytes"],
  ]);
  expect(exitCode).toBe(0);
}, 60_000);

test("what is lacking at any of the places is told with what to do", async () => {
  const { lines, exitCode } = await doctor("project");
  expect(exitCode).toBe(1);
  const wrong = lines.filter(([, , mark]) => mark === "NO").map(([place, what, , words]) => [place, what, words]);
  expect(wrong).toEqual([
    ["closed", "reached", expect.stringContaining('it exited with code 3. Its words: "no room at the inn".')],
    ["missing", "reached", expect.stringContaining("bizar-no-such-launcher could not be started")],
    ["deaf", "a file there and back", expect.stringContaining("0 of 133345 bytes came back")],
    ["elsewhere", "folder", expect.stringContaining("/nowhere/at/all is not there")],
    ["east", "reached", expect.stringContaining("set NO_SUCH_PASSWORD in the environment")],
  ]);
}, 60_000);

test("a place that is none, and no places at all, are said so", async () => {
  const unknown = await doctor("project", "plian");
  expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining("Did you mean plain?")]);
  const none = await doctor(".");
  expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining("no opencode.json here has options")]);
}, 60_000);
