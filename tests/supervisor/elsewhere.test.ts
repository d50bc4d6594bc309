import { expect, test } from "bun:test";
import { Admissions } from "../../src/supervisor/admissions.ts";
import { silencePolicy } from "../../src/supervisor/policies/silence.ts";
import { toRecord } from "../../src/store/record.ts";
import { FakeClock } from "./fake-clock.ts";
import { killed, sampleRequest } from "./sample-instance.ts";
import { createSupervisorRig } from "./supervisor-rig.ts";

const NOWHERE = { host: null, job: null };
const origin = {
  supervisor: { pid: 100, startTime: "5000", bootId: "boot", token: "01TOKEN" },
  onExit: "kill",
  logPath: "/log",
} as const;

test("each place has a line and slots of its own, and takes nothing of this machine", () => {
  const admitted: string[] = [];
  const slots: Record<string, number> = { slurm: 1, gpu: 2 };
  const memory = { minFreeMemoryMb: 768, availableMemoryMb: () => 0 };
  const line = new Admissions({ limit: 1, memory, clock: new FakeClock(), slotsOf: (on) => slots[on] ?? 0 });
  const ask = (instanceId: string, on?: string) =>
    line.request({ instanceId, on, isWarm: false }, () => void admitted.push(instanceId));
  for (const [id, on] of [["h1"], ["h2"], ["s1", "slurm"], ["s2", "slurm"], ["g1", "gpu"], ["g2", "gpu"]] as const) {
    ask(id, on);
  }
  expect(admitted).toEqual(["h1", "s1", "g1", "g2"]);
  expect(line.position("s2")).toBe(1);
  expect(line.waitsFor("s2")).toEqual({ what: "a place on slurm", detail: "1 of at most 1 are running" });
  expect([line.free("slurm"), line.free("gpu")]).toEqual([0, 0]);
  line.release("g1");
  expect(line.free("gpu")).toBe(1);
  line.release("s1");
  expect(admitted.at(-1)).toBe("s2");
  line.release("h1");
  expect(admitted.at(-1)).toBe("h2");
});

test("who takes any place gets the one with the most room, in order, and none that others wait for", () => {
  const admitted: string[] = [];
  const told: string[] = [];
  const slots: Record<string, number> = { east: 1, west: 2 };
  const line = new Admissions({
    ...{ limit: 1, clock: new FakeClock(), slotsOf: (on) => slots[on] ?? 0, anyOf: () => ["east", "west"] },
    onWait: (id, what) => void told.push(`${id}: ${what}`),
  });
  const ask = (instanceId: string, on: string) =>
    line.request({ instanceId, on, isWarm: true }, () => {
      admitted.push(`${instanceId} ${line.admitted(instanceId).on}`);
    });
  for (const id of ["a1", "a2", "a3", "a4", "a5"]) ask(id, "any");
  expect(admitted).toEqual(["a1 west", "a2 east", "a3 west"]);
  expect([line.position("a4"), line.position("a5")]).toEqual([1, 2]);
  expect(line.waitsFor("a4")).toEqual({ what: "a place on any server", detail: "east: 0 free, west: 0 free" });
  ask("e1", "east");
  line.release("a2");
  expect(admitted.at(-1)).toBe("e1 east");
  line.release("a4");
  line.release("a1");
  expect(admitted.at(-1)).toBe("a5 west");
  expect(line.waitsFor("a5")).toBeUndefined();
  expect(told).toEqual(["a4: a place on any server", "a5: a place on any server", "e1: a place on east"]);
  expect([line.isFull(1, "any"), line.isFull(0, "any")]).toEqual([false, true]);
});

test("who takes any place waits until one is known to be usable", () => {
  const admitted: string[] = [];
  const usable: string[] = [];
  const told: (() => void)[] = [];
  const line = new Admissions({
    ...{ limit: 1, clock: new FakeClock(), slotsOf: () => 1 },
    anyOf(tell) {
      told.push(tell);
      return usable;
    },
  });
  for (const id of ["a1", "a2"]) {
    line.request({ instanceId: id, on: "any", isWarm: true }, () => {
      admitted.push(`${id} ${line.admitted(id).on}`);
    });
  }
  expect([admitted.length, line.waitsFor("a1")?.detail]).toEqual([0, "none is known to be usable"]);
  usable.push("west");
  told[0]?.();
  expect(admitted).toEqual(["a1 west"]);
  usable.push("east");
  told[0]?.();
  expect(admitted).toEqual(["a1 west", "a2 east"]);
});

test("what waits in a line elsewhere is queued, says for what, and is no silence", async () => {
  const rig = createSupervisorRig();
  const silence = silencePolicy({ stallTimeoutMs: 1000, toolTimeoutMs: 1000 });
  rig.policies.push(silence);
  const { id, turn } = await rig.start({ on: "slurm" });
  turn.observer.spawned({ pid: 7, startTime: "8" });
  turn.observer.awaited?.(NOWHERE);
  turn.observer.awaited?.({ host: null, job: "12" });
  const view = rig.supervisor.view(id)!;
  expect(view.waitsFor).toEqual({ what: "slurm", detail: "job 12 has not begun there" });
  expect(toRecord(view.instance, origin)).toMatchObject({
    ...{ status: "queued", activity: "waits for slurm", on: "slurm", place: { host: null, job: "12" } },
  });
  rig.clock.advance(100_000_000);
  expect(turn.stops).toBe(0);
  turn.observer.begun?.({ host: "node1", job: "12" });
  const begun = rig.supervisor.view(id)!;
  expect(begun.waitsFor).toBeUndefined();
  expect(toRecord(begun.instance, origin)).toMatchObject({ status: "pending", place: { host: "node1", job: "12" } });
  rig.clock.advance(61_000);
  expect(turn.stops).toBe(1);
});

test("its deadline counts from where it begins", async () => {
  const rig = createSupervisorRig();
  const { turn } = await rig.start({ on: "slurm", deadlineMs: 5000 });
  turn.observer.awaited?.(NOWHERE);
  rig.clock.advance(60_000);
  expect(turn.stops).toBe(0);
  turn.observer.begun?.(NOWHERE);
  rig.clock.advance(5100);
  expect(turn.stops).toBe(1);
});

test("one that is killed while it waits there is stopped there", async () => {
  const rig = createSupervisorRig();
  const { id, turn } = await rig.start({ on: "slurm" });
  turn.observer.awaited?.(NOWHERE);
  const stopped = rig.supervisor.stop(id, killed);
  expect(turn.stops).toBe(1);
  turn.end();
  await stopped;
  expect(rig.stateOf(id)?.status).toBe("killed");
});

test("a follow-up waits there again", async () => {
  const rig = createSupervisorRig();
  const { id, turn } = await rig.start({ on: "slurm" });
  turn.observer.begun?.({ host: "node1", job: "1" });
  turn.observer.sessionIdentified("ses_1");
  rig.supervisor.followUp(id, "more");
  turn.end();
  while (rig.backend.turns.length < 2) await Promise.resolve();
  const next = rig.backend.turns[1]!;
  expect(next.request).toMatchObject({ on: "slurm", sessionId: "ses_1", kind: "follow_up" });
  next.observer.awaited?.(NOWHERE);
  expect(rig.supervisor.view(id)?.waitsFor?.what).toBe("slurm");
  expect(sampleRequest()).not.toHaveProperty("on");
});
