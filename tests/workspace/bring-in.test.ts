import { expect, test } from "bun:test";
import { existsSync, lstatSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import { beginFolder, finishTurn, prepareCopy } from "../../src/workspace/own-folders.ts";
import { FolderStates } from "../../src/workspace/folder-state.ts";
import { ownFolderOf } from "../../src/workspace/own-folder-of.ts";
import { canMount, smallDisk } from "../store/small-disk.ts";
import { gitRig, value } from "./git-rig.ts";

test("what .worktreeinclude names of the ignored files is copied, and is never a change", async () => {
  const rig = gitRig();
  rig.write(".gitignore", ".env*\ndata/\ncache/\nnode_modules/\n");
  rig.write(".worktreeinclude", ".env\ndata/\n!.env.local\n");
  for (const path of [".env", ".env.local", "data/deep/x ü.txt", "cache/y", "node_modules/z/index.js"])
    rig.write(path, path);
  const agent = await rig.agent();
  const all = [".env", "data/deep/x ü.txt", ".env.local", "cache/y", "node_modules/z/index.js"];
  expect(all.map((path) => existsSync(agent.path(path)))).toEqual([true, true, false, false, false]);
  agent.write(".env", "changed");
  // Even where nothing is ignored any more.
  agent.write(".gitignore", "");
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({ files: 1 });
  expect(rig.read(".env")).toBe(".env");
});

test("without it the modules are there, sharing what they hold, and opencode's own configuration", async () => {
  const rig = gitRig();
  rig.write(".gitignore", "node_modules\n.opencode\nopencode.json\n");
  rig.write("node_modules/pack/index.js", "module");
  rig.write(".opencode/agent/mine.md", "mine");
  rig.write("opencode.json", "{}");
  symlinkSync("pack", join(rig.project, "node_modules/link"));
  const agent = await rig.agent();
  expect(agent.read("node_modules/pack/index.js")).toBe("module");
  expect(lstatSync(agent.path("node_modules/link")).isSymbolicLink()).toBe(true);
  expect([agent.read(".opencode/agent/mine.md"), agent.read("opencode.json")]).toEqual(["mine", "{}"]);
  agent.write("node_modules/new/index.js", "installed");
  expect(existsSync(join(rig.project, "node_modules/new"))).toBe(false);
  agent.write(".gitignore", "");
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({ files: 1 });
});

test("a link in the place of the modules is none of ours", async () => {
  const rig = gitRig();
  mkdirSync(join(rig.project, "../shared"));
  symlinkSync("../shared", join(rig.project, "node_modules"));
  rig.write(".gitignore", "node_modules\n");
  const agent = await rig.agent();
  expect(existsSync(agent.path("node_modules"))).toBe(false);
});

test.if(canMount)("modules that lie on another disk are left out, and the answer says so", async () => {
  const rig = gitRig();
  rig.write(".gitignore", "node_modules\n");
  rig.write("node_modules/pack/index.js", "module");
  const parts = { ...rig.parts, states: new FolderStates(join(smallDisk("4m"), "worktrees")) };
  const instanceId = createInstanceId();
  const { notes } = value(await beginFolder(parts, { instanceId, title: "t", directory: rig.project }));
  expect(notes).toEqual([expect.stringContaining("node_modules is not there: it lies on another disk")]);
  const { copy } = value(await prepareCopy(parts, instanceId));
  expect([existsSync(join(copy, "a.txt")), existsSync(join(copy, "node_modules"))]).toEqual([true, false]);
});

const limitMs = 20_000;

test("a fresh copy is set up once, with a number that no other one has at the same time", async () => {
  const rig = gitRig();
  const parts = { ...rig.parts, setUp: { command: 'echo "slot $BIZAR_SLOT"; echo x >> setup.log', limitMs } };
  const printed: string[] = [];
  const line = (text: string) => void printed.push(text);
  const ids = [createInstanceId(), createInstanceId()];
  for (const instanceId of ids) {
    value(await beginFolder(parts, { instanceId, title: "t", directory: rig.project }));
    value(await prepareCopy(parts, instanceId, { line }));
  }
  expect(printed).toEqual(["slot 0", "slot 1"]);
  const again = value(await prepareCopy(parts, ids[0]!, { line }));
  expect(await Bun.file(join(again.copy, "setup.log")).text()).toBe("x\n");
  expect(ownFolderOf(parts.states.folder, again.copy)).toMatchObject({ originals: [rig.project], slot: 0 });
  expect(ownFolderOf(parts.states.folder, rig.project)).toBeUndefined();
});

test.each([
  ["echo one; echo two >&2; exit 3", limitMs, "ended with code 3", "one"],
  ["echo waits; sleep 60 & wait", 300, "took longer than 300 ms", "waits"],
  ["printf 'half a line'; exit 4", limitMs, "ended with code 4", "half a line"],
  ["printf '1%%\\r2%%\\r99%%\\r'; kill -TERM $$", limitMs, "ended with SIGTERM", "2%\n99%"],
  ["no-such-program-here", limitMs, "ended with code 127", "not found"],
])("a set-up that fails (%p) says how, with its last lines, and is done again", async (command, limit, how, last) => {
  const rig = gitRig();
  const parts = { ...rig.parts, setUp: { command, limitMs: limit } };
  const instanceId = createInstanceId();
  value(await beginFolder(parts, { instanceId, title: "t", directory: rig.project }));
  for (let round = 0; round < 2; round++) {
    const failed = await prepareCopy(parts, instanceId);
    if (failed.ok) throw new Error("it went well");
    expect(failed.reason).toBe("setup_failed");
    expect(failed.error).toContain(how);
    expect(failed.error).toContain(last);
  }
  value(await prepareCopy(rig.parts, instanceId));
});

test("an agent that is ended while its folder is set up does not wait for that", async () => {
  const rig = gitRig();
  const parts = { ...rig.parts, setUp: { command: "echo begun; sleep 600", limitMs: 600_000 } };
  const instanceId = createInstanceId();
  value(await beginFolder(parts, { instanceId, title: "t", directory: rig.project }));
  const stop = new AbortController();
  const line = () => stop.abort();
  expect(await prepareCopy(parts, instanceId, { line, signal: stop.signal })).toMatchObject({
    ok: false,
    reason: "setup_failed",
  });
});
