import { afterAll, expect, onTestFinished, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { systemClock } from "../../src/lib/system-clock.ts";
import { treeMembers } from "../../src/processes/end-tree.ts";
import { systemProcessTable } from "../../src/processes/process-table.ts";
import { FileInstanceStore } from "../../src/store/file-instance-store.ts";
import { RecordFolder } from "../../src/store/record-folder.ts";
import { RequestWatch } from "../../src/store/request-watch.ts";
import { recordPath, type StatePaths } from "../../src/store/state-paths.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { openStore, silentFor } from "../store/store-rig.ts";
import { createContext } from "../../src/cli/context.ts";
import { killOrphaned } from "../../src/fleet/kill-from-outside.ts";
import { BlindTable } from "../processes/fake-table.ts";
import { until } from "../until.ts";
import { createCommandLine, gone, livingOwner } from "./command-line-rig.ts";

const id = sampleId(1);

const children: Bun.Subprocess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** An agent that goes on without its opencode, with something beside it that its tree does not show. */
function orphan() {
  const script = "setsid sleep 94 & sleep 93";
  const child = Bun.spawn(["sh", "-c", script], { env: { ...process.env, BIZAR_INSTANCE: id }, detached: true });
  children.push(child);
  const { pid, startTime } = systemProcessTable().find(child.pid)!;
  return { pid, startTime };
}

function living(): string[] {
  return treeMembers({ marker: id }).map(({ command }) => command);
}

async function recordIn(paths: StatePaths) {
  return await new RecordFolder(paths, (message) => expect.unreachable(message)).read(id);
}

function runningWith(process: { pid: number; startTime: string }) {
  const startedAt = Date.now();
  return { state: { status: "running" as const, startedAt, process, ending: null, intervention: null } };
}

/** What an owner's watch needs beside its requests, where events do all. */
const justEvents = {
  isNeeded: () => false,
  folderLost: () => undefined,
  clock: new FakeClock(),
  report: (message: string) => expect.unreachable(message),
};

test("an agent whose opencode is gone is ended with all that it started, and its record settled as killed", async () => {
  const line = createCommandLine();
  await line.leave("running", runningWith(orphan()), gone);
  await until("all of it runs", () => living().includes("sleep 93"));
  const { exitCode, stdout } = await line.run("kill", id);
  expect([exitCode, stdout]).toEqual([0, `${id} killed\n`]);
  expect(living()).toEqual([]);
  expect(await recordIn(line.paths)).toMatchObject({
    status: "killed",
    reason: "killed",
    error: "Killed from the command line; the opencode that ran it (process 2000000001) was gone.",
    announcement: { state: "pending", mode: "note" },
  });
  expect(readdirSync(line.paths.recordDir)).toEqual([`${id}.json`]);
}, 20_000);

test("a record that the disk does not take is an error, and nothing is written later", async () => {
  const line = createCommandLine();
  await line.leave("running", { prompt: "x".repeat(10_000) }, gone);
  // The claim is smaller than the largest file that may be written, the record is not.
  const limited = `trap "" XFSZ; ulimit -f 1; exec "$0" "$@"`;
  const main = `${import.meta.dir}/../../src/cli/main.ts`;
  const child = Bun.spawn(["sh", "-c", limited, process.execPath, main, "kill", id], {
    env: { ...process.env, BIZAR_STATE_DIR: line.paths.stateDir, BIZAR_LOG_DIR: "" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  expect(await child.stderr.text()).toContain("EFBIG");
  expect(await child.exited).toBe(1);
  expect((await recordIn(line.paths))?.status).toBe("running");
  expect(readdirSync(line.paths.recordDir)).toEqual([`${id}.json`]);
});

test("a process that only has the pid of a lost agent is left alone", async () => {
  const line = createCommandLine();
  const child = Bun.spawn(["sleep", "92"]);
  children.push(child);
  await line.leave("running", runningWith({ pid: child.pid, startTime: "an earlier one" }), gone);
  expect((await line.run("kill", id)).stdout).toBe(`${id} killed\n`);
  const { startTime } = systemProcessTable().find(child.pid)!;
  const otherBoot = { ...gone, bootId: "another boot" };
  await line.leave("running", runningWith({ pid: child.pid, startTime }), otherBoot);
  silentFor(121_000, line.paths, id);
  expect((await line.run("kill", id)).stdout).toBe(`${id} killed\n`);
  expect(child.exitCode ?? child.signalCode).toBeNull();
});

test("of two that kill a lost agent at once both succeed, and it is settled once", async () => {
  const line = createCommandLine();
  await line.leave("running", runningWith(orphan()), gone);
  const ends = await Promise.all([line.run("kill", id), line.run("kill", id), line.run("kill", id)]);
  expect(ends.map(({ exitCode, stdout }) => [exitCode, stdout.replace("has ended already: ", "")])).toEqual(
    ends.map(() => [0, `${id} killed\n`]),
  );
  expect(readdirSync(line.paths.recordDir)).toEqual([`${id}.json`]);
}, 20_000);

test("an opencode that lives is asked, and the answer comes when the record says that the agent has ended", async () => {
  const line = createCommandLine();
  const owner = livingOwner();
  await line.leave("running", {}, owner);
  const { store } = openStore(line.paths, owner);
  const asked: string[] = [];
  const watch = new RequestWatch({
    paths: line.paths,
    isOurs: async () => true,
    async onRequest(_, { kind }) {
      asked.push(kind);
      setTimeout(() => void store.save(sampleInstance("killed")), 300);
    },
    ...justEvents,
  });
  onTestFinished(() => watch.close());
  watch.open();
  const { exitCode, stdout } = await line.run("kill", id);
  expect([exitCode, stdout]).toEqual([0, `${id} killed\n`]);
  expect(asked).toEqual(["kill"]);
  expect(readdirSync(line.paths.recordDir)).toEqual([`${id}.json`]);
});

test("an opencode that refuses is an error in its words, and the agent stays", async () => {
  const line = createCommandLine();
  const owner = livingOwner();
  await line.leave("running", {}, owner);
  const watch = new RequestWatch({
    paths: line.paths,
    isOurs: async () => true,
    onRequest: async () => await Promise.reject(new Error("Not now.")),
    ...justEvents,
  });
  onTestFinished(() => watch.close());
  watch.open();
  const { exitCode, stdout, stderr } = await line.run("kill", id);
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(`${id} was not ended (its opencode is process ${owner.pid}). Not now.`);
  expect((await recordIn(line.paths))?.status).toBe("running");
});

test("an agent that has ended stays as it ended", async () => {
  const line = createCommandLine();
  await line.leave("done");
  expect(await line.run("kill", id)).toEqual({ exitCode: 0, stdout: `${id} has ended already: done\n`, stderr: "" });
  expect((await recordIn(line.paths))?.status).toBe("done");
});

test("an agent that a host lets work on to its end is ended, and that host's word is told", async () => {
  const line = createCommandLine();
  const host = livingOwner();
  const process = orphan();
  await line.leave("running", runningWith(process), gone);
  writeFileSync(`${recordPath(line.paths, id)}.claim`, JSON.stringify(host));
  const killing = line.run("kill", id);
  while (living().length > 0) await Bun.sleep(20);
  await openStore(line.paths, host).store.create(sampleInstance("failed"));
  expect(await killing).toMatchObject({ exitCode: 0, stdout: `${id} failed\n` });
}, 20_000);

test("an agent that finishes without its opencode, on one server with another one, is left to it; alone it is ended", async () => {
  const line = createCommandLine();
  const server = orphan();
  const store = new FileInstanceStore(line.paths, { supervisor: gone, onExit: "finish" }, systemClock);
  const other = sampleId(2);
  for (const instanceId of [id, other]) {
    await store.create(sampleInstance("running", { ...runningWith(server), instanceId, backend: "warm" }));
  }
  const refused = await line.run("kill", id);
  expect([refused.exitCode, refused.stdout]).toEqual([1, ""]);
  expect(refused.stderr).toContain(`it finishes in one server with ${other}.`);
  expect(refused.stderr).toContain(`"kill ${server.pid}"`);
  expect(living()).toContain("sleep 93");
  expect(await recordIn(line.paths)).toMatchObject({ status: "running" });
  await store.create(sampleInstance("done", { instanceId: other, backend: "warm" }));
  expect((await line.run("kill", id)).stdout).toBe(`${id} killed\n`);
  expect(living()).toEqual([]);
}, 20_000);

test("where no process can be seen nothing is called killed, and the record and its claim stay as they were", async () => {
  const line = createCommandLine();
  await line.leave("running", runningWith(orphan()), gone);
  const context = createContext({ BIZAR_STATE_DIR: line.paths.stateDir });
  const blind = new BlindTable(Number.POSITIVE_INFINITY);
  expect(await killOrphaned(context, id, blind).catch(String)).toContain(
    "cannot be seen, and its record stays as it is",
  );
  expect(await recordIn(line.paths)).toMatchObject({ status: "running" });
  expect(readdirSync(line.paths.recordDir)).toEqual([`${id}.json`]);
  expect(await killOrphaned(context, id, new BlindTable(1))).toBe("killed");
  expect(living()).toEqual([]);
}, 30_000);
