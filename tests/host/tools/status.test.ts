import { describe, expect, test } from "bun:test";
import type { Instance } from "../../../src/supervisor/instance.ts";
import { sampleId, sampleInstance, sampleRequest, type SampleState } from "../../supervisor/sample-instance.ts";
import { createToolRig, recordOf } from "../tool-rig.ts";

/** A rig with records of another opencode on disk. */
function rigWith(...instances: Instance[]) {
  const rig = createToolRig();
  for (const instance of instances) rig.foreign.set(instance.instanceId, recordOf(instance));
  return rig;
}

const numbered = (state: SampleState, number: number, given: Partial<Instance> = {}) =>
  sampleInstance(state, { instanceId: sampleId(number), ...given });
const elsewhere = { parent: { sessionId: "ses_other", messageId: "msg_1", agent: "odin" } };
const ids = (views: { instanceId: string }[]) => views.map(({ instanceId }) => instanceId);

test("one agent is shown with all that is known of it", async () => {
  const rig = rigWith(numbered("failed", 1));
  const answer = await rig.call("status", { instanceId: sampleId(1) });
  expect(answer.value).toEqual([
    {
      instanceId: sampleId(1),
      sessionId: "ses_child",
      agent: "mimir",
      title: "Look around",
      status: "failed",
      reason: "session_error",
      activity: "starting",
      toolCallCount: 0,
      tokens: { input: 0, output: 0, reasoning: 0, cacheRead: 0, cacheWrite: 0 },
      costUsd: 0,
      startedAt: "2026-01-02T03:04:05.010Z",
      endedAt: "2026-01-02T03:04:05.020Z",
      lastActivityAt: "2026-01-02T03:04:05.000Z",
      promptPreview: "Look around and report.",
      error: "boom happened",
      logPath: `/state/logs/${sampleId(1)}.log`,
    },
  ]);
});

test("agents of this opencode are shown as they are now, with their place in the line", async () => {
  const rig = createToolRig(1);
  const { turn } = await rig.start();
  const waiting = await rig.supervisor.spawn(sampleRequest());
  turn.observer.progressed({ ...rig.supervisor.views()[0]!.instance.progress, activity: "tool bash" });
  const { value } = await rig.call("status");
  expect(value).toMatchObject([
    { status: "pending", activity: "tool bash" },
    { instanceId: waiting, status: "queued", queuePosition: 1, waitsFor: "a place" },
  ]);
});

describe("without an id", () => {
  test("it shows those of the calling session that live, and the last 20 that ended, oldest first", async () => {
    const ended = Array.from({ length: 30 }, (_, index) => numbered("done", index + 10));
    const rig = rigWith(numbered("running", 1), ...ended.toReversed(), numbered("running", 90, elsewhere));
    const expected = [sampleId(1), ...Array.from({ length: 20 }, (_, index) => sampleId(index + 20))];
    expect(ids((await rig.call("status")).value)).toEqual(expected);
  });

  test("all shows every record, of other sessions too", async () => {
    const rig = rigWith(numbered("done", 2, elsewhere), numbered("running", 1));
    expect(ids((await rig.call("status", { all: true })).value)).toEqual([sampleId(1), sampleId(2)]);
  });

  test("nothing to show is an empty list", async () => {
    expect((await rigWith().call("status")).value).toEqual([]);
  });
});

test("an answer about 1 000 records is whole JSON of at most 40 000 bytes, and has the newest", async () => {
  const awkward = '"quote"\n\u0001👍'.repeat(100);
  const instances = Array.from({ length: 1000 }, (_, index) =>
    numbered("failed", index, { prompt: awkward, title: awkward.slice(0, 200), resultPreview: awkward.slice(-200) }),
  );
  const { output, value, metadata } = await rigWith(...instances).call("status", { all: true });
  expect(Buffer.byteLength(output)).toBeLessThanOrEqual(40_000);
  expect(value.at(-1).instanceId).toBe(sampleId(999));
  expect(value[0]).toMatchObject({ truncated: true, omitted: 1000 - (value.length - 1), path: "/state/bg" });
  expect(value.length).toBeGreaterThan(10);
  expect(metadata).toMatchObject({ count: 1000, live: 0 });
});

test("an error of any length leaves the answer within its bounds", async () => {
  const { state } = sampleInstance("failed");
  const long = numbered("failed", 1, { state: { ...state, error: "\u0001".repeat(100_000) } as Instance["state"] });
  const { output, value } = await rigWith(long).call("status", { instanceId: sampleId(1) });
  expect(Buffer.byteLength(output)).toBeLessThanOrEqual(40_000);
  expect(value).toHaveLength(1);
});

test("an unknown id is an error that names it", async () => {
  expect((await rigWith().call("status", { instanceId: sampleId(7) })).value).toEqual({
    error: "instance not found",
    instanceId: sampleId(7),
  });
});

test("every agent may ask", async () => {
  const { value } = await rigWith(numbered("running", 1)).call("status", {}, { agent: "build" });
  expect(ids(value)).toEqual([sampleId(1)]);
});

test("arguments that cannot be used are an error", async () => {
  for (const args of [{ instanceId: "../x" }, { all: "yes" }, { id: sampleId(1) }, 5]) {
    expect((await rigWith().call("status", args)).value.error).toStartWith("bizar_status takes instanceId, all.");
  }
});
