import { isTerminalRecord } from "../../src/store/terminal-record.ts";
import { sampleRequest } from "../supervisor/sample-instance.ts";
import type { ChaosHost } from "./chaos-host.ts";
import { FIRST_BOOT } from "./os-processes.ts";
import { placeFirstFiles } from "./first-files.ts";
import { takeStep } from "./steps.ts";
import { World } from "./world.ts";

const DIRECTORY = "/project";
const STEPS = 60;
/** Longer than any watchdog, deadline, retry and collect. */
const REST_MS = 400_000;
/** A claim without a name is old after an hour. */
const OLD_MS = 3_700_000;
const SOMETHING = { type: "session.status", properties: { sessionID: "ses_user", status: { type: "idle" } } };

/** Plays one seed to its end. */
export async function runSeed(seed: number): Promise<World> {
  const world = new World(seed);
  placeFirstFiles(world);
  world.startHost();
  for (let step = 0; step < STEPS && world.violations.length === 0; step++) await takeStep(world);
  if (world.violations.length === 0) await comeToRest(world);
  if (world.violations.length === 0) await settleTheRest(world);
  return world;
}

async function comeToRest(world: World): Promise<void> {
  world.note("rest");
  world.disk.isFull = false;
  world.operations.isSlow = false;
  world.sessions.failure = 0;
  world.processes.isUnreadable = false;
  for (let slice = 0; slice < 20; slice++) {
    await world.advance(REST_MS / 20);
    for (const parent of world.parents) parent.becomeIdle();
    // Its user goes on: a host that does nothing at all learns nothing of the others' deaths.
    for (const host of world.liveHosts()) host.process.receives(() => host.agents.event(SOMETHING));
    // What works on alone and hangs is ended by somebody.
    for (const turn of world.turns) if (slice > 10 && !turn.host.isAlive) turn.process.die();
  }
  for (const { what, host } of world.waits) {
    if (host.process.isAlive) world.violated(`${what} at ${host.name} never comes to its end`);
  }
  for (const host of world.liveHosts()) {
    checkRecords(world, host);
    await checkPlaces(world, host);
  }
}

/** A host at rest has settled its own records and those of the dead, and has told what there is to tell. */
function checkRecords(world: World, host: ChaosHost): void {
  const isAlive = world.processes.isAliveFor(host.process);
  for (const { instanceId, supervisor, status, announcement, directory, endedAt, parent } of world.records.all()) {
    if (supervisor.token !== host.identity.token && isAlive(supervisor) === true) continue;
    const name = world.name(instanceId);
    // A claim of an earlier boot holds for an hour: nobody can tell whether who made it lives.
    if (world.processes.bootId !== FIRST_BOOT) continue;
    if (endedAt === null) world.violated(`${name} is ${status} for ever beside ${host.name}`);
    else if (directory === DIRECTORY && announcement?.state === "pending" && world.sessions.has(parent.sessionId)) {
      world.violated(`the end of ${name} is not told by ${host.name}`);
    }
  }
}

async function checkPlaces(world: World, host: ChaosHost): Promise<void> {
  if (host.running.size > 0) world.violated(`${host.name} still runs ${host.running.size}`);
  const ids = await Promise.all(
    Array.from({ length: world.cap + 1 }, async () => {
      const spawned = host.agents.supervisor.spawn(sampleRequest({ announce: "off" }));
      await world.drain();
      return await spawned;
    }),
  );
  world.instanceIds.push(...ids);
  const waiting = ids.filter((id) => host.agents.supervisor.view(id)?.queuePosition !== undefined);
  if (waiting.length !== 1)
    world.violated(`${host.name} has ${world.cap + 1 - waiting.length} places instead of ${world.cap}`);
}

/** The last host finds everything settled, or settles it. */
async function settleTheRest(world: World): Promise<void> {
  world.note("the last host");
  for (const host of world.hosts) host.process.die();
  for (const turn of world.turns) turn.process.die();
  world.clock.advance(OLD_MS);
  world.startHost();
  await world.advance(REST_MS);
  for (const parent of world.parents) parent.becomeIdle();
  await world.advance(REST_MS);
  for (const record of world.records.all()) {
    const { instanceId, announcement, turns, status, parent, directory } = record;
    const name = world.name(instanceId);
    if (!isTerminalRecord(record)) world.violated(`${name} is ${status} for ever`);
    // Only a host of its own directory tells.
    if (directory !== DIRECTORY) continue;
    // A host that never knew the session cannot tell whether another one does.
    if (!world.sessions.has(parent.sessionId)) continue;
    if (announcement?.state === "pending") world.violated(`the end of ${name} is never told`);
    const key = `${instanceId}#${turns.length}`;
    const isTold = world.telling.announced.has(key) || world.telling.answered.has(key);
    if (announcement !== null && !isTold) {
      world.violated(`${name} is ${announcement.state}, but nobody was told of turn ${turns.length}`);
    }
  }
  world.records.checkForeign();
  await checkStillness(world);
}

/** Where nothing runs and nobody does anything, no timer wakes up. */
async function checkStillness(world: World): Promise<void> {
  world.note("the other opencode goes as well");
  for (const process of world.processes.all()) if (process !== world.hosts.at(-1)?.process) process.die();
  await world.advance(REST_MS);
  for (const { instanceId, status, endedAt } of world.records.all()) {
    if (endedAt === null) world.violated(`${world.name(instanceId)} is ${status} for ever`);
  }
  for (const path of world.disk.paths()) if (path.endsWith(".claim")) world.violated(`${path} is left`);
  if (world.clock.pending > 0) world.violated(`${world.clock.pending} timers are there for nothing`);
}
