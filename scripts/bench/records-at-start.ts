import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIdentity } from "../../src/processes/supervisor-identity.ts";
import { toRecord } from "../../src/store/record.ts";
import { logPath, makeFolders, recordPath, statePaths } from "../../src/store/state-paths.ts";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import { createInstance } from "../../src/supervisor/instance.ts";
import { transition } from "../../src/supervisor/transition.ts";
import type { Benchmark } from "./benchmark.ts";
import { inOwnProcess } from "./own-process.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";

const ROUNDS = 9;
const COUNT = 1000;
const MAX_INIT_MS = 100;

export const recordsAtStart: Benchmark = {
  name: "records-at-start",
  about: `${COUNT} records on disk: what a start does with them, in a fresh process`,
  async run({ rounds = ROUNDS }) {
    const stateDir = await mkdtemp(join(tmpdir(), "bizar-records-"));
    try {
      await writeRecords(stateDir);
      const times: { plainMs: number; initMs: number; wholeMs: number; againMs: number }[] = [];
      for (let round = 0; round < rounds; round++) {
        times.push(await inOwnProcess("records-at-start.ts", stateDir, String(COUNT)));
      }
      const inits = times.map(({ initMs }) => initMs);
      const whole = times.map(({ wholeMs }) => wholeMs);
      const again = times.map(({ againMs }) => againMs);
      const plain = times.map(({ plainMs }) => plainMs);
      return [
        ratioFigure("init / reading the same files", inits, plain, 2),
        medianFigure("init", inits, "ms", MAX_INIT_MS),
        medianFigure("the first whole listing", whole, "ms"),
        medianFigure("every later listing", again, "ms"),
      ];
    } finally {
      await rm(stateDir, { recursive: true, force: true });
    }
  },
};

/** Writes the records of agents that ended well and were told of. */
async function writeRecords(stateDir: string): Promise<void> {
  const paths = statePaths(stateDir, join(stateDir, "logs"));
  const supervisor = createIdentity();
  await makeFolders(paths);
  const prompt = "Look at every file of this folder and say what it does.\n".repeat(20);
  for (let index = 0; index < COUNT; index++) {
    const at = Date.now();
    const instanceId = createInstanceId();
    const request = {
      agent: "mimir",
      model: { providerId: "scripted", modelId: "model-a" },
      title: `Task ${index}`,
      prompt,
      directory: "/project",
      parent: { sessionId: "ses_parent", messageId: "msg_parent", agent: "odin" },
      timeoutMs: 300_000,
      deadlineMs: null,
      announce: "wake" as const,
    };
    const started = transition(createInstance(instanceId, request, at), { type: "admitted", at }).instance;
    const ended = transition(started, {
      type: "ended",
      at,
      outcome: { status: "done" },
      exitCode: 0,
      signal: null,
      resultPreview: "Everything was looked at.",
    });
    const { instance } = transition(ended.instance, { type: "announcement_settled", at, state: "announced" });
    const origin = {
      supervisor,
      onExit: "kill",
      logPath: logPath(paths, instanceId),
    } as const;
    const record = toRecord(instance, origin);
    await writeFile(recordPath(paths, instanceId), JSON.stringify(record, undefined, 2), { mode: 0o600 });
  }
}
