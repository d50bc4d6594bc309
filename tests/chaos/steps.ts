import { sampleRequest } from "../supervisor/sample-instance.ts";
import type { World } from "./world.ts";

/** Everything that may happen, and how often. */
const WEIGHTS = {
  spawn: 14,
  followUp: 8,
  kill: 6,
  collect: 9,
  status: 2,
  abort: 2,
  busy: 5,
  idle: 8,
  time: 22,
  jump: 1,
  childDies: 4,
  hostDies: 3,
  hostStarts: 3,
  dispose: 2,
  fullDisk: 2,
  slowDisk: 2,
  pause: 3,
  table: 2,
  reboot: 0.3,
  parentGoes: 0.2,
};

type Step = keyof typeof WEIGHTS;

/** Something happens. */
export async function takeStep(world: World): Promise<void> {
  const { random } = world;
  if (world.liveHosts().length === 0) world.startHost();
  const step = random.weighted(WEIGHTS);
  world.note(step);
  STEPS[step](world);
  if (step === "time") await world.advance(random.between(10, 6000), random.chance(0.3) ? 0.1 : 0);
  else await world.drain(random.pick([0, 0.05, 0.3, 1]));
}

const STEPS: Readonly<Record<Step, (world: World) => void>> = {
  spawn(world) {
    const parent = world.random.pick(world.parents);
    const host = parent?.host;
    if (parent === undefined || host === undefined || host.process.isPaused || !parent.isThere) return;
    parent.becomeBusy();
    void spawn(world, host, parent.sessionId);
  },
  followUp(world) {
    const instanceId = world.random.pick(world.instanceIds);
    if (instanceId !== undefined) call(world, "send_message", { instanceId, prompt: "Go on." });
  },
  kill(world) {
    const instanceId = world.random.pick(world.instanceIds);
    if (instanceId !== undefined) call(world, "kill", { instanceId });
  },
  collect(world) {
    const ids = world.instanceIds.filter(() => world.random.chance(0.4)).slice(-4);
    const wait = world.random.pick(["all", "any"]);
    if (ids.length > 0) call(world, "collect", { instanceIds: ids, wait, timeoutMs: 1_800_000 });
  },
  status: (world) => call(world, "status", { all: true }),
  abort: (world) => world.random.pick(world.parents)?.abort(),
  busy: (world) => world.random.pick(world.parents)?.becomeBusy(),
  idle: (world) => world.random.pick(world.parents)?.becomeIdle(),
  time: () => undefined,
  // A machine that slept: everything that came due meanwhile comes at once.
  jump: (world) => world.clock.sleep(world.random.between(60_000, 7_200_000)),
  childDies(world) {
    const turn = world.random.pick(world.turns.filter(({ process }) => process.isAlive));
    turn?.exit({ exitCode: null, signal: "SIGSEGV" });
  },
  hostDies: (world) => world.random.pick(world.liveHosts())?.process.die(),
  hostStarts(world) {
    if (world.liveHosts().length < 2) world.startHost();
  },
  dispose(world) {
    const host = world.random.pick(world.liveHosts().filter(({ process }) => !process.isPaused));
    host?.dispose();
    if (host !== undefined && world.random.chance(0.6)) world.startHost(host.process);
  },
  fullDisk(world) {
    world.disk.isFull = !world.disk.isFull;
  },
  slowDisk(world) {
    world.operations.isSlow = !world.operations.isSlow;
  },
  // A process is stopped by a signal, or its container is; everybody else goes on.
  pause(world) {
    const agents = world.turns.filter(({ process }) => process.isAlive);
    const processes = [...new Set([...world.liveHosts(), ...agents].map(({ process }) => process))];
    const process = world.random.pick(processes.filter(({ isPaused }) => !isPaused));
    if (process === undefined) return;
    process.pause();
    world.note(`  process ${process.pid} stands still`);
    world.clock.after(world.random.between(500, 60_000), () => void process.resume());
  },
  table(world) {
    world.processes.isUnreadable = !world.processes.isUnreadable;
  },
  reboot(world) {
    world.processes.reboot(world.clock.now());
    world.disk.losePower(() => world.random.chance(0.5));
  },
  parentGoes: (world) => world.random.pick(world.parents)?.remove(),
};

async function spawn(world: World, host: NonNullable<World["hosts"][number]>, sessionId: string): Promise<void> {
  const { random } = world;
  const { supervisor } = host.agents;
  const request = sampleRequest({
    parent: { sessionId, messageId: "msg", agent: "odin" },
    deadlineMs: random.chance(0.3) ? random.between(1000, 15_000) : null,
    announce: random.pick(["wake", "wake", "note", "off"]) ?? "wake",
  });
  try {
    const instanceId = await world.wait(host, "spawn", supervisor.spawn(request));
    if (!world.instanceIds.includes(instanceId)) world.instanceIds.push(instanceId);
    await world.wait(host, `session of ${world.name(instanceId)}`, supervisor.whenIdentified(instanceId));
  } catch (error) {
    world.note(`  not spawned: ${String(error)}`);
  }
}

function call(world: World, tool: "collect" | "kill" | "send_message" | "status", args: object): void {
  const parent = world.random.pick(world.parents);
  world.note(`  ${tool} ${JSON.stringify(args).replaceAll(/bgr_\w+/g, (id) => world.name(id))}`);
  void parent?.call(tool, args, world.random.between(500, 20_000));
}
