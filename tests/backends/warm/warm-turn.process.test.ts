import { NO_ANSWERS } from "../no-answers.ts";
import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import type { Lease } from "../../../src/backends/warm/warm-servers.ts";
import { WarmTurn } from "../../../src/backends/warm/warm-turn.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { createInstanceId } from "../../../src/supervisor/create-instance-id.ts";
import type { ProcessTable } from "../../../src/processes/process-table.ts";
import { BlindTable } from "../../processes/fake-table.ts";
import { until } from "../../until.ts";
import { judge } from "../../../src/supervisor/outcome.ts";

/** A turn whose server has not started yet. */
function waitingTurn(log: string[], lease: Promise<Lease>, processTable?: ProcessTable): WarmTurn {
  return new WarmTurn(
    {
      ...{ lease: async () => await lease, skipPermissions: false, answers: NO_ANSWERS, killGraceMs: 0 },
      openLog: () => ({ write: (_, line) => void log.push(line), close: () => void log.push("closed") }),
      ...{ transcripts: { read: async () => undefined }, clock: systemClock },
      ...(processTable === undefined ? {} : { processTable }),
    },
    {
      ...{ instanceId: createInstanceId(), agent: "thor", kind: "initial", prompt: "do it", backend: "warm" },
      ...{ model: { providerId: "p", modelId: "m" }, directory: tmpdir(), sessionId: null, parentSessionId: "ses_a" },
    },
    {
      spawned() {},
      sessionIdentified() {},
      prompted() {},
      startRepeated() {},
      progressed() {},
      mustStop() {},
      asked() {},
      toldParent() {},
      answeredElsewhere() {},
    },
  );
}

test("what is known only after a turn has ended is in its log, and the log is closed", async () => {
  const log: string[] = [];
  const lease = Promise.withResolvers<Lease>();
  const turn = waitingTurn(log, lease.promise);
  await turn.stop();
  await turn.ended;
  expect(log).toEqual(["closed"]);
  lease.reject(new Error("It was not ready."));
  await until("it is told", () => log.includes("bizar: It was not ready."));
  expect(log.at(-1)).toBe("closed");
});

test("a stop while no process can be seen settles, and so does the turn, which says that nobody has looked", async () => {
  const log: string[] = [];
  const lease = Promise.withResolvers<Lease>();
  const turn = waitingTurn(log, lease.promise, new BlindTable(Number.POSITIVE_INFINITY));
  await turn.stop();
  expect((await turn.ended).unseen).toStartWith("The process table cannot be read: EMFILE");
  turn.stopNow();
}, 20_000);

test("a turn that ends by itself while no process can be seen ends, and says so", async () => {
  const log: string[] = [];
  const turn = waitingTurn(log, Promise.reject(new Error("no server")), new BlindTable(Number.POSITIVE_INFINITY));
  const { evidence, unseen } = await turn.ended;
  expect([judge(evidence).error, unseen]).toEqual(["no server", expect.stringContaining("cannot be read")]);
  expect(log.at(-2)).toStartWith("bizar: what the agent left running could not be looked for. ");
}, 20_000);
