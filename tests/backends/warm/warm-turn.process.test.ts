import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import type { Lease } from "../../../src/backends/warm/warm-servers.ts";
import { WarmTurn } from "../../../src/backends/warm/warm-turn.ts";
import { systemClock } from "../../../src/host/system-clock.ts";
import { createInstanceId } from "../../../src/supervisor/create-instance-id.ts";
import { until } from "../../until.ts";

test("what is known only after a turn has ended is in its log, and the log is closed", async () => {
  const log: string[] = [];
  const lease = Promise.withResolvers<Lease>();
  const turn = new WarmTurn(
    {
      ...{ lease: async () => await lease.promise, skipPermissions: false, killGraceMs: 0 },
      openLog: () => ({ write: (_, line) => void log.push(line), close: () => void log.push("closed") }),
      ...{ transcripts: { read: async () => undefined }, clock: systemClock },
    },
    {
      ...{ instanceId: createInstanceId(), agent: "thor", kind: "initial", prompt: "do it", backend: "warm" },
      ...{ model: { providerId: "p", modelId: "m" }, directory: tmpdir(), sessionId: null, parentSessionId: "ses_a" },
    },
    { spawned() {}, sessionIdentified() {}, startRepeated() {}, progressed() {}, mustStop() {} },
  );
  await turn.stop();
  await turn.ended;
  expect(log).toEqual(["closed"]);
  lease.reject(new Error("It was not ready."));
  await until("it is told", () => log.includes("bizar: It was not ready."));
  expect(log.at(-1)).toBe("closed");
});
