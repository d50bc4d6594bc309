import { describe, expect, test } from "bun:test";
import { noDeeds } from "../../src/supervisor/deeds.ts";
import type { TranscriptTurn } from "../../src/supervisor/ports.ts";
import { settlement } from "../../src/supervisor/recovery.ts";
import { createRecoveryRig, lostInstance, untilSettled } from "./recovery-rig.ts";
import { sampleId, sampleInstance, sampleTurn, START, type SampleState } from "./sample-instance.ts";

describe("how an instance ends whose supervisor is gone", () => {
  const cases: [state: SampleState, turn: TranscriptTurn | undefined, status: string, reason: string | undefined][] = [
    ["running", sampleTurn({ text: "Found it." }), "done", undefined],
    ["running", sampleTurn({ text: " " }), "done", "empty_result"],
    ["running", sampleTurn({ text: "half", finished: false }), "failed", "supervisor_lost"],
    ["running", undefined, "failed", "supervisor_lost"],
    ["pending", undefined, "failed", "supervisor_lost"],
    ["queued", undefined, "failed", "supervisor_lost"],
  ];
  for (const [state, turn, status, reason] of cases) {
    test(`${state}, ${turn === undefined ? "nothing in its session" : JSON.stringify(turn)}: ${status}`, () => {
      const outcome = settlement(lostInstance(sampleInstance(state)), turn);
      expect(`${outcome.status} ${outcome.reason}`).toBe(`${status} ${reason}`);
    });
  }

  test("the error says who is gone, and where the work can be found", () => {
    const { error } = settlement(lostInstance(sampleInstance("running")), undefined);
    expect(error).toContain("process 1234");
    expect(error).toContain("ses_child");
    expect(settlement(lostInstance(sampleInstance("queued")), undefined).error).toContain("waited for a place");
  });

  test("one that has ended is never settled again", () => {
    expect(() => settlement(lostInstance(sampleInstance("done")), undefined)).toThrow("ended already");
  });
});

test("a finished turn is read back as done, with its result on disk first", async () => {
  const { journal, recovery, results, saved, world } = createRecoveryRig(lostInstance(sampleInstance("running")));
  world.read = async () => [sampleTurn({ text: "Found it." })];
  await recovery.run();
  expect(journal).toEqual(["end tree", "write result", "save done", "release"]);
  expect(results.get(sampleId(1))).toBe("Found it.");
  expect(saved.get(sampleId(1))).toMatchObject({ resultPreview: "Found it.", state: { status: "done", reason: null } });
});

test("a turn that was cut short has failed, and what it wrote is kept", async () => {
  const { recovery, results, saved, world } = createRecoveryRig(lostInstance(sampleInstance("running")));
  world.read = async () => [sampleTurn({ text: "half", finished: false })];
  await recovery.run();
  expect(saved.get(sampleId(1))!.state).toMatchObject({ status: "failed", reason: "supervisor_lost" });
  expect(results.get(sampleId(1))).toBe("half");
});

test("what it did while nobody wrote that down is read back from its session", async () => {
  const instance = sampleInstance("running");
  const before = { ...noDeeds, changedFiles: ["a.ts"], lastCalls: ["edit: a.ts"] };
  const lost = lostInstance({ ...instance, progress: { ...instance.progress, ...before } });
  const { recovery, saved, world } = createRecoveryRig(lost);
  const deeds = { ...noDeeds, changedFiles: ["a.ts", "b.ts"], lastCalls: ["edit: a.ts", "write: b.ts"] };
  world.read = async () => [sampleTurn({ finished: false, deeds })];
  await recovery.run();
  expect(saved.get(sampleId(1))!.progress).toMatchObject(deeds);
});

test("one that waited for a place is not looked for in any session", async () => {
  const { journal, recovery, saved, world } = createRecoveryRig(lostInstance(sampleInstance("queued")));
  world.read = async () => await Promise.reject(new Error("was asked"));
  await recovery.run();
  expect(saved.get(sampleId(1))!.state).toMatchObject({ status: "failed", reason: "supervisor_lost" });
  expect(journal).toEqual(["end tree", "save failed", "release"]);
});

test("a turn that never reached the session does not get the answer of the one before", async () => {
  const instance = sampleInstance("running");
  const first = { ...instance.turns[0]!, startedAt: START, endedAt: START + 1000 };
  const second = { ...first, kind: "follow_up" as const, startedAt: null, endedAt: null };
  const lost = lostInstance({ ...instance, turns: [first, second] });
  const { recovery, results, saved, world } = createRecoveryRig(lost);
  world.read = async () => [sampleTurn({ text: "the first answer" })];
  await recovery.run();
  expect(saved.get(sampleId(1))!.state).toMatchObject({ status: "failed", reason: "supervisor_lost" });
  expect(results.size).toBe(0);
});

test("one that another host has taken over is left alone", async () => {
  const { journal, recovery, world } = createRecoveryRig(lostInstance(sampleInstance("running")));
  world.claim = async () => undefined;
  await recovery.run();
  expect(journal).toEqual([]);
});

test("a session that cannot be read at first is asked for again", async () => {
  const { clock, recovery, saved, world } = createRecoveryRig(lostInstance(sampleInstance("running")));
  let asked = 0;
  world.read = async () => {
    asked += 1;
    if (asked < 3) throw new Error("busy");
    return [sampleTurn({ text: "Found it." })];
  };
  await untilSettled(recovery.run(), clock);
  expect(saved.get(sampleId(1))!.state.status).toBe("done");
});

test("one whose session cannot be read is left for the next start, and released", async () => {
  const { clock, journal, recovery, reports, world } = createRecoveryRig(lostInstance(sampleInstance("running")));
  world.read = async () => await Promise.reject(new Error("no host"));
  await untilSettled(recovery.run(), clock);
  expect(journal).toEqual(["end tree", "release"]);
  expect(reports).toEqual([expect.stringContaining("no host")]);
});
