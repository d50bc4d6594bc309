import { describe, expect, test } from "bun:test";
import { ownersOf, ServerTree } from "../../src/agent-role/server-tree.ts";
import { ShellTimes } from "../../src/agent-role/shell-times.ts";
import type { Stray, TreeReport } from "../../src/agent-role/tree-report.ts";
import { row } from "../processes/fake-table.ts";

const A = "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const B = "bgr_01BX5ZZKBKACTAV9WEVGEMMVRZ";

/** A's shell ran from 100 to 200, B's from 150 on. */
function shells(): ShellTimes {
  const clock = { ticks: 100 };
  const times = new ShellTimes(() => clock.ticks);
  times.began("call_a", A, "ses_a");
  clock.ticks = 150;
  times.began("call_b", B, "ses_b");
  clock.ticks = 200;
  times.ended("call_a");
  return times;
}

function startedAt(startTime: string) {
  return row({ pid: 50, startTime });
}

describe("what runs without a marker is whose", () => {
  const nothing = { seenMarker: undefined, isOwnChild: false };
  const known: Stray[] = [{ pid: 50, startTime: "170", owners: [B] }];
  const cases: [what: string, loose: Parameters<typeof ownersOf>[0], known: Stray[], owners: string[]][] = [
    ["the one whose shell ran", { ...nothing, process: startedAt("120") }, [], [A]],
    ["both of two whose shells ran", { ...nothing, process: startedAt("170") }, [], [A, B]],
    ["the one whose shell runs yet", { ...nothing, process: startedAt("900") }, [], [B]],
    ["the one whose marker it had", { ...nothing, seenMarker: `wrm_1/${B}`, process: startedAt("120") }, [], [B]],
    ["nobody's, with the server's own marker", { ...nothing, seenMarker: "wrm_1", process: startedAt("120") }, [], []],
    ["nobody's, where the server has started it", { ...nothing, isOwnChild: true, process: startedAt("120") }, [], []],
    ["those that it was before", { ...nothing, process: startedAt("170") }, known, [B]],
    ["those of the strays that were there, beside any shell", { ...nothing, process: startedAt("50") }, known, [B]],
    ["nobody's, where nothing ran", { ...nothing, process: startedAt("50") }, [], []],
  ];
  test.each(cases)("%s", (_, loose, before, owners) => {
    expect(ownersOf(loose, before, shells())).toEqual(owners);
  });
});

test("a shell whose call was never told to have ended ends with its session", () => {
  const times = shells();
  times.sessionEnded("ses_a");
  expect(times.isAnyRunning).toBe(true);
  times.sessionEnded("ses_b");
  expect(times.isAnyRunning).toBe(false);
});

test("the host hears of an agent's first command, and after its turn that somebody has looked", async () => {
  const said: (TreeReport | string)[] = [];
  const strays = { ready: Promise.resolve(), wake: () => undefined, look: () => void said.push("look") };
  const tree = new ServerTree(new ShellTimes(() => 0), strays, (report) => void said.push(report));
  await tree.shellBegins("call_1", A, "ses_a");
  await tree.shellBegins("call_2", A, "ses_a");
  tree.shellEnded("call_1");
  tree.shellEnded("call_of_another_tool");
  tree.sessionEnded("ses_a", A);
  tree.sessionEnded("ses_a", A);
  tree.sessionEnded("ses_b", B);
  expect(said).toEqual([{ shellOf: A }, "look", "look", { lookedFor: A }]);
});
