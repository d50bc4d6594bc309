import { expect, test } from "bun:test";
import { InstanceCatalog } from "../../src/fleet/instance-catalog.ts";
import type { InstanceRecord } from "../../src/store/record.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { createSupervisorRig } from "../supervisor/supervisor-rig.ts";
import { recordOf } from "../host/tool-rig.ts";

const id = sampleId(1);

/** A signal, and how many wait for its abort. */
function countedSignal() {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners += 1;
    add(...given);
  };
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...given);
  };
  return { signal, listeners: () => listeners };
}

test("a long wait for an agent of another opencode leaves no listener and no timer behind with each look", async () => {
  const clock = new FakeClock();
  let record: InstanceRecord = recordOf(sampleInstance("running"));
  const catalog = new InstanceCatalog({
    supervisor: createSupervisorRig().supervisor,
    records: { read: async () => record, list: async () => [record] },
    toRecord: (instance) => recordOf(instance),
    resultPath: (instanceId) => `/bg/${instanceId}.result.md`,
    recovered: async () => undefined,
    clock,
  });
  const { signal, listeners } = countedSignal();
  const waiting = catalog.whenEnded(id, signal);
  for (let look = 0; look < 20; look++) {
    await Bun.sleep(0);
    expect([clock.pending, listeners()]).toEqual([1, 1]);
    clock.advance(500);
  }
  record = recordOf(sampleInstance("done"));
  clock.advance(500);
  await Bun.sleep(0);
  clock.advance(500);
  await waiting;
  expect([clock.pending, listeners()]).toEqual([0, 0]);
});
