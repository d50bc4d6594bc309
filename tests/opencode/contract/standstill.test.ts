import { afterAll, beforeAll, expect, test } from "bun:test";
import { systemProcessTable } from "../../../src/processes/process-table.ts";
import { bash, collectSpawned, recordOf, serveRig, spawn, until, type Answer, type ServedRig } from "../rig.ts";
import { BACKENDS } from "./on-both-backends.ts";

const STALL_MS = 10_000;
/** Longer than any agent may be silent. */
const STANDSTILL_MS = STALL_MS + 3000;
const STEPS = 3;

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig({ options: { backgroundStallTimeoutMs: STALL_MS } });
}, 180_000);
afterAll(async () => await rig.dispose());

/** A process and everything below it, however deep. */
function treeOf(root: number): number[] {
  const rows = systemProcessTable().list();
  const below = (pid: number): number[] =>
    rows.filter(({ parentPid }) => parentPid === pid).flatMap((row) => [row.pid, ...below(row.pid)]);
  return [root, ...below(root)];
}

/** opencode, its agents and what they run stand still, as those of a machine whose lid is closed. */
async function standStill(): Promise<void> {
  const pids = treeOf(rig.server.pid);
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  await Bun.sleep(STANDSTILL_MS);
  for (const pid of pids) process.kill(pid, "SIGCONT");
}

/** One that the model takes two seconds for. */
const step = (number: number) => () => ({ after: Bun.sleep(2000), calls: [bash(`echo ${number}`)] });

const ended = Object.fromEntries(BACKENDS.map((backend) => [backend, [] as Answer[]]));

beforeAll(async () => {
  const goesOn = Promise.withResolvers<void>();
  for (const backend of BACKENDS) {
    rig.plan(`slow model ${backend}`, {
      after: goesOn.promise.then(async () => await Bun.sleep(6000)),
      text: "slow but well",
    });
    rig.plan(`steps ${backend}`, ...Array.from({ length: STEPS }, (_, index) => step(index)), { text: "stepped well" });
  }
  const agents = BACKENDS.flatMap((backend) =>
    ["slow model", "steps"].map((what) => ({ backend, agent: "thor", prompt: `${what} ${backend}` })),
  );
  rig.plan("delegate", spawn(...agents), collectSpawned());
  const asked = rig.ask("delegate");
  const isAsked = () => agents.every(({ prompt }) => rig.requestsFor(prompt).length > 0);
  await until("every agent waits for the model", isAsked, 90_000);
  await standStill();
  goesOn.resolve();
  const [collected = []] = (await asked).answers("bizar_collect");
  for (const [index, { backend }] of agents.entries()) ended[backend]?.push(collected[index]);
}, 240_000);

for (const backend of BACKENDS) {
  test(`agents go on after opencode and they stood still for longer than an agent may be silent [${backend}]`, async () => {
    expect(ended[backend]).toMatchObject([
      { status: "done", result: "slow but well" },
      { status: "done", result: "stepped well" },
    ]);
    expect((await recordOf(rig, ended[backend]?.[1])).toolCallCount).toBe(STEPS);
  });
}
