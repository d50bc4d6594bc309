import { describe, expect, test } from "bun:test";
import type { HostMessage } from "../../src/opencode/answers.ts";
import { OwnAgents } from "../../src/fleet/own-agents.ts";
import { Slices } from "../../src/lib/slices.ts";
import { awakeClock } from "../../src/lib/awake-clock.ts";
import { World } from "../chaos/world.ts";
import { FakeBackend } from "../supervisor/fake-backend.ts";
import { sampleRequest } from "../supervisor/sample-instance.ts";

const SLEEP_MS = 7_200_000;
const LOOK_MS = 30_000;
const PARENT = "ses_parent";
const busy = (type: "busy" | "idle") => ({
  type: "session.status",
  properties: { sessionID: PARENT, status: { type } },
});

/** Containers on one machine that share a state folder and the name of their folder, but not their sessions. */
function createMachine() {
  const world = new World(1);
  const statuses: string[] = [];

  /** A plugin instance in a container of its own, which knows these sessions. */
  function open(name: string, sessions: readonly string[] = []) {
    const process = world.processes.start();
    const told: string[] = [];
    const paused: (() => void)[] = [];
    let isPaused = false;
    const backend = new FakeBackend([]);
    const clock = awakeClock({
      now: () => world.clock.now(),
      after: (ms, run) =>
        world.clock.after(ms, () => {
          if (!process.isAlive) return;
          if (isPaused) paused.push(run);
          else run();
        }),
    });
    const files = world.disk.filesOf(process);
    const identity = { pid: process.pid, startTime: process.startTime, bootId: name, token: `T${name.toUpperCase()}` };
    const agents = new OwnAgents({
      paths: world.paths,
      identity,
      onExit: "kill",
      announceBatch: "each",
      maySupervise: () => true,
      directory: "/project",
      clock,
      machine: {
        files: {
          ...files,
          async replace(path, text, ...how) {
            const status = /"status": "(\w+)"/.exec(text)?.[1];
            if (status !== undefined && statuses.at(-1) !== `${status} by ${name}`)
              statuses.push(`${status} by ${name}`);
            return await files.replace(path, text, ...how);
          },
        },
        now: () => world.clock.now(),
        bootedAt: () => 0,
        slices: () => new Slices(Number.POSITIVE_INFINITY),
        isAlive: (owner) => (owner.bootId === name ? owner.token === identity.token : undefined),
      },
      host: {
        messages: async (id): Promise<HostMessage[] | undefined> => (sessions.includes(id) ? [] : undefined),
        choiceOf: () => undefined,
        read: async () => undefined,
        parentOf: async () => undefined,
        sessionOfAgent: async () => undefined,
        async put(id, { text }) {
          if (!sessions.includes(id)) return false;
          told.push(text);
          return true;
        },
      },
      backend,
      policies: [],
      notes: { post: async () => undefined, take: async () => [] },
      maxConcurrentInstances: 2,
      permissionWaitMs: 600_000,
      toast: { ended: () => undefined },
      childLives: () => false,
      endTree: async () => undefined,
      report: (message) => world.note(message),
      warn: (message) => world.note(message),
    });
    return {
      agents,
      told,
      backend,
      die: () => process.die(),
      /** Holds its timers until the returned function is called, as those of a container that is paused. */
      pause() {
        isPaused = true;
        return () => {
          isPaused = false;
          for (const run of paused.splice(0)) run();
        };
      },
      /** Starts an agent that runs until the test ends its turn. */
      async spawn(announce: "wake" | "note" = "wake") {
        const spawned = agents.supervisor.spawn(sampleRequest({ announce }));
        await world.drain();
        const instanceId = await spawned;
        await world.drain();
        const turn = backend.turnOf(instanceId);
        turn.observer.sessionIdentified("ses_agent");
        await world.drain();
        return { instanceId, turn };
      },
    };
  }

  return { world, statuses, open, announcement: (id: string) => world.records.of(id)?.announcement?.state };
}

const PHASES = 9;
describe("after a sleep of the machine a live agent of another container goes on", () => {
  for (let phase = 0; phase < PHASES; phase++) {
    test(`where the two look ${Math.round((phase * LOOK_MS) / PHASES)} ms after each other`, async () => {
      const { world, statuses, open } = createMachine();
      const owner = open("a", [PARENT]);
      const { instanceId, turn } = await owner.spawn();
      await world.advance((phase * LOOK_MS) / PHASES);
      open("b");
      await world.advance(100_000);
      for (let times = 0; times < 3; times++) {
        world.clock.sleep(SLEEP_MS);
        await world.advance(200_000);
      }
      expect(world.records.of(instanceId)?.status).toBe("running");
      turn.end({ text: "well" });
      await world.advance(100_000);
      expect(statuses.map((status) => status.replace(/ by .*/, "")).filter((status) => status === "failed")).toEqual(
        [],
      );
      expect(world.records.of(instanceId)).toMatchObject({ status: "done", announcement: { state: "announced" } });
      expect(world.violations).toEqual([]);
    });
  }
});

test("an agent of a container that is really gone is settled by the other one, once", async () => {
  const { world, open } = createMachine();
  const owner = open("a", [PARENT]);
  const { instanceId } = await owner.spawn();
  open("b");
  await world.advance(60_000);
  owner.die();
  await world.advance(110_000);
  expect(world.records.of(instanceId)?.status).toBe("running");
  await world.advance(120_000);
  expect(world.records.of(instanceId)).toMatchObject({ status: "failed", reason: "supervisor_lost" });
});

/** A container goes on after a pause in which another one has settled its agent. */
async function settledByTheOther() {
  const machine = createMachine();
  const { world, open } = machine;
  const owner = open("a", [PARENT]);
  const { instanceId, turn } = await owner.spawn();
  open("b");
  await world.advance(60_000);
  const goOn = owner.pause();
  await world.advance(400_000);
  expect(world.records.of(instanceId)?.status).toBe("failed");
  return { ...machine, owner, instanceId, turn, goOn };
}

describe("a container that was paused alone, for so long that the other one settled its agent", () => {
  test("ends what it still runs of it, and writes and tells nothing", async () => {
    const { world, owner, instanceId, turn, goOn } = await settledByTheOther();
    goOn();
    await world.advance(100_000);
    expect(turn.stopsNow).toBe(1);
    expect(owner.agents.supervisor.view(instanceId)).toBeUndefined();
    turn.end({ text: "well" });
    await world.advance(100_000);
    expect(world.records.of(instanceId)).toMatchObject({ status: "failed", reason: "supervisor_lost" });
    expect([world.violations, owner.told.filter((text) => text.includes("done"))]).toEqual([[], []]);
  });

  test("keeps to that also where the turn ends, or it shuts down, before it has looked", async () => {
    for (const after of ["end", "shutdown"] as const) {
      const { world, owner, instanceId, turn, goOn } = await settledByTheOther();
      if (after === "end") turn.end({ text: "well" });
      else owner.agents.close();
      goOn();
      await world.advance(100_000);
      const result = world.disk.text(`${world.paths.recordDir}/${instanceId}.result.md`);
      expect([world.records.of(instanceId)?.reason, result, world.violations]).toEqual([
        "supervisor_lost",
        undefined,
        [],
      ]);
    }
  });
});

describe("an end that is not told yet", () => {
  test("stays its owner's to tell, however long the session is busy", async () => {
    const { world, open, announcement } = createMachine();
    const owner = open("a", [PARENT]);
    const { instanceId, turn } = await owner.spawn("note");
    owner.agents.event(busy("busy"));
    // Whether that one knows the session or not.
    const others = [open("b"), open("c", [PARENT])];
    turn.end({ text: "well" });
    await world.advance(3_600_000);
    expect([announcement(instanceId), others.flatMap(({ told }) => told)]).toEqual(["pending", []]);
    owner.agents.event(busy("idle"));
    await world.advance(1000);
    expect([announcement(instanceId), owner.told.length]).toEqual(["announced", 1]);
  });

  test("is not dropped by a host that does not know the session, and told by the next one that does", async () => {
    const { world, open, announcement } = createMachine();
    const owner = open("a", [PARENT]);
    const { instanceId, turn } = await owner.spawn("note");
    owner.agents.event(busy("busy"));
    const other = open("b");
    turn.end({ text: "well" });
    await world.advance(10_000);
    owner.die();
    await world.advance(3_600_000);
    expect([announcement(instanceId), other.told]).toEqual(["pending", []]);
    expect(world.clock.pending).toBe(0);
    const next = open("c", [PARENT]);
    await world.advance(300_000);
    expect([announcement(instanceId), next.told.length]).toEqual(["announced", 1]);
    expect(world.clock.pending).toBe(0);
  });

  test("is told by the next host of its container also where another one has settled its agent", async () => {
    const { world, open, announcement } = createMachine();
    const owner = open("a", [PARENT]);
    const { instanceId } = await owner.spawn();
    open("b");
    await world.advance(10_000);
    owner.die();
    await world.advance(400_000);
    expect([world.records.of(instanceId)?.status, announcement(instanceId)]).toEqual(["failed", "pending"]);
    const next = open("a2", [PARENT]);
    await world.advance(400_000);
    expect([announcement(instanceId), next.told.length]).toEqual(["announced", 1]);
  });

  test("is dropped by its owner once the session was deleted", async () => {
    const { world, open, announcement } = createMachine();
    const owner = open("a");
    const { instanceId, turn } = await owner.spawn();
    turn.end({ text: "well" });
    await world.advance(1000);
    expect(announcement(instanceId)).toBe("dropped");
  });
});
