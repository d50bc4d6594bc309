import { expect, test } from "bun:test";
import { createIdentity } from "../../src/processes/supervisor-identity.ts";
import { removeOld } from "../../src/store/retention.ts";
import { RecordFolder } from "../../src/store/record-folder.ts";
import { PARENT } from "../fixtures/chaos-host.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { unrest, untruths } from "./real-checks.ts";
import { choose, type Choices } from "./real-choices.ts";
import { RealRun } from "./real-run.ts";

const RUNS = 20;
const AT_ONCE = 4;
const REST_WITHIN_MS = 5000;
/** What a death has left half written is removed after an hour. */
const LATER_MS = 3_700_000;

/** Choices that a failing run has printed, to be tried again. */
const given = process.env["BIZAR_CHAOS_CHOICES"];
const runs = Array.from({ length: RUNS }, () => (given === undefined ? choose() : (JSON.parse(given) as Choices)));

test("real programs, real signals: whatever ends when, nothing runs on, and the next host has it all in order", async () => {
  const folder = temporaryFolder();
  const waiting = runs.entries();
  const failed: string[] = [];
  const lane = async () => {
    for (const [number, choices] of waiting)
      failed.push(...(await play(new RealRun(`${folder}/${number}`, choices), choices)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  expect(failed).toEqual([]);
}, 240_000);

/** @returns what is wrong with the run, which is printed with its choices */
async function play(run: RealRun, choices: Choices): Promise<string[]> {
  let problems: string[];
  try {
    problems = await playOut(run, choices);
  } catch (error) {
    problems = [String(error)];
  } finally {
    await run.endAll();
  }
  if (problems.length > 0) {
    console.error(`${await run.words()}${problems.join("\n")}\nBIZAR_CHAOS_CHOICES='${JSON.stringify(choices)}'\n`);
  }
  return problems;
}

/** @returns what is wrong with the run */
async function playOut(run: RealRun, choices: Choices): Promise<string[]> {
  const { agents, ask, strike, beside, restartAfterMs, nextEndsAfterMs, followers } = choices;
  const first = await run.startHost(agents);
  const asked = ask === null ? undefined : run.ask(ask);
  const others = beside ? [run.startHost([])] : [];
  await Bun.sleep(strike?.afterMs ?? 0);
  if (strike !== null) run.strike(strike.signal);
  await untilTheEnd(run, choices);
  const answer = await asked;
  await run.end(first, choices.end);
  await Bun.sleep(restartAfterMs);
  if (nextEndsAfterMs !== null) {
    const next = await run.startHost([]);
    await Bun.sleep(nextEndsAfterMs);
    await run.end(next, "SIGKILL");
  }
  for (let follower = 0; follower < followers; follower++) others.push(run.startHost([]));
  const last = await Promise.all(others);
  const problems = await untilRest(run);
  problems.push(...untruths(run, choices));
  if (answer?.ok === false && answer.reason !== "ended") problems.push(`a request came to nothing: ${answer.error}`);
  await Promise.all(last.map(async (host) => await run.end(host, "close")));
  problems.push(...run.processes().map(({ command }) => `${command} is left after all hosts`));
  await keepHouseLater(run);
  problems.push(...run.files().flatMap(({ name }) => (/\.\d+$/.test(name) ? `${name} is left for ever` : [])));
  return problems;
}

/** Settles when the first host is to end. */
async function untilTheEnd(run: RealRun, { strike, endAfterMs, endsWhileTelling }: Choices): Promise<void> {
  const limit = performance.now() + endAfterMs - (strike?.afterMs ?? 0);
  const isTelling = () => endsWhileTelling && (run.sessions.messages(PARENT)?.length ?? 0) > 0;
  while (performance.now() < limit && !isTelling()) await Bun.sleep(10);
}

/** @returns what keeps it from coming to rest */
async function untilRest(run: RealRun): Promise<string[]> {
  const limit = performance.now() + REST_WITHIN_MS;
  let problems = unrest(run);
  while (problems.length > 0 && performance.now() < limit) {
    await Bun.sleep(50);
    problems = unrest(run);
  }
  return problems;
}

function report(message: string): void {
  expect.unreachable(message);
}

async function keepHouseLater({ paths }: RealRun): Promise<void> {
  const records = new RecordFolder(paths, report);
  await removeOld({ paths, records, identity: createIdentity(), report, now: () => Date.now() + LATER_MS });
}
