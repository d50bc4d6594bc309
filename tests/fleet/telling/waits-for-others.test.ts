import { expect, test } from "bun:test";
import { waitsForSpawnedWith } from "../../../src/fleet/telling/waits-for-others.ts";
import { sampleId, sampleInstance } from "../../supervisor/sample-instance.ts";

const done = sampleInstance("done");
const other = sampleInstance("running", { instanceId: sampleId(2) });
const elsewhere = { ...done.parent, messageId: "msg_other" };
const furtherTurn = done.turns.map((turn) => ({ ...turn, kind: "follow_up" as const }));

test.each<[what: string, instance: typeof done, all: (typeof done)[], waits: boolean]>([
  ["another of its message runs", done, [done, other], true],
  ["another of its message waits for a place", done, [sampleInstance("queued", { instanceId: sampleId(2) })], true],
  ["all of its message have ended", done, [done, sampleInstance("failed", { instanceId: sampleId(2) })], false],
  ["what runs was asked for in another message", done, [{ ...other, parent: elsewhere }], false],
  ["what runs is a further turn of another one", done, [{ ...other, turns: furtherTurn }], false],
  ["it has failed", sampleInstance("failed"), [other], false],
  ["it is the end of a further turn", { ...done, turns: furtherTurn }, [other], false],
  ["it is alone", done, [done], false],
])("an end, where %s", (_what, instance, all, waits) => {
  expect(waitsForSpawnedWith(instance, all)).toBe(waits);
});
