import { expect, test } from "bun:test";
import { liveInstances } from "../../src/processes/live-instances.ts";
import { createIdentity, isAlive, mayLive } from "../../src/processes/supervisor-identity.ts";
import { systemProcessTable } from "../../src/processes/process-table.ts";
import { BlindTable, FakeTable, row } from "./fake-table.ts";

const here = { directory: "/project", moduleUrl: "file:///plugin.ts" };

test("a plugin instance of this process lives as long as its token is known", () => {
  const identity = createIdentity();
  expect(isAlive(identity)).toBe(false);
  liveInstances().set(identity.token, here);
  expect(isAlive(identity)).toBe(true);
  liveInstances().delete(identity.token);
  expect(isAlive(identity)).toBe(false);
});

test("two plugin instances of one process are two owners", () => {
  const [first, second] = [createIdentity(), createIdentity()];
  liveInstances().set(first.token, here);
  expect(isAlive(first)).toBe(true);
  expect(isAlive(second)).toBe(false);
  expect(first.token).not.toBe(second.token);
  liveInstances().delete(first.token);
});

test("an owner in another process lives as long as that process does", async () => {
  const child = Bun.spawn(["sleep", "97"], { stdio: ["ignore", "ignore", "ignore"] });
  const { startTime } = systemProcessTable().find(child.pid)!;
  const owner = { ...createIdentity(), pid: child.pid, startTime };
  expect(isAlive(owner)).toBe(true);
  expect(isAlive({ ...owner, startTime: "an earlier process of that pid" })).toBe(false);
  child.kill("SIGKILL");
  await child.exited;
  expect(isAlive(owner)).toBe(false);
});

test("an owner that is a zombie is gone", () => {
  const owner = { ...createIdentity(), pid: 2_000_000_001, startTime: "100" };
  expect(isAlive(owner, new FakeTable([row({ pid: owner.pid, isZombie: true })]))).toBe(false);
  expect(isAlive(owner, new FakeTable([row({ pid: owner.pid })]))).toBe(true);
});

test("an owner of another boot or pid namespace cannot be judged, whether its pid is taken or not", () => {
  const identity = createIdentity();
  liveInstances().set(identity.token, here);
  expect(isAlive({ ...identity, bootId: "another boot" })).toBeUndefined();
  expect(isAlive({ ...identity, bootId: "another boot", pid: 2_000_000_001 })).toBeUndefined();
  liveInstances().delete(identity.token);
});

test("where no process can be seen, nobody is taken for dead", () => {
  const blind = new BlindTable(Number.POSITIVE_INFINITY);
  const owner = { ...createIdentity(), pid: 2_000_000_001, startTime: "100" };
  expect(() => isAlive(owner, blind)).toThrow("The process table cannot be read");
  expect(mayLive(owner, (each) => isAlive(each, blind))).toBe(true);
  expect(mayLive(owner)).toBe(false);
});

test("an owner whose start could not be read is told by its pid, and its token", () => {
  const identity = createIdentity(new BlindTable(1));
  expect(identity.startTime).toBe("");
  expect(isAlive(identity)).toBe(false);
  liveInstances().set(identity.token, here);
  expect(isAlive(identity)).toBe(true);
  liveInstances().delete(identity.token);
  expect(isAlive({ ...identity, pid: process.ppid })).toBe(true);
  expect(isAlive({ ...identity, pid: 2_000_000_001 })).toBe(false);
});

test("a host takes itself for no other, whatever the table says of its start, or does not say", () => {
  const identity = createIdentity();
  liveInstances().set(identity.token, here);
  const moved = new FakeTable([row({ pid: process.pid, startTime: "Mon Jan  5 23:59:59 2026" })]);
  expect(isAlive(identity, moved)).toBe(true);
  const blind = new FakeTable([]);
  blind.find = () => expect.unreachable("of its own process nothing is looked up");
  expect(isAlive(identity, blind)).toBe(true);
  liveInstances().delete(identity.token);
  expect(isAlive(identity, moved)).toBe(false);
});
