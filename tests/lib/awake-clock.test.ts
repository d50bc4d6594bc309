import { describe, expect, test } from "bun:test";
import { FakeClock } from "../supervisor/fake-clock.ts";

const LIMIT_MS = 10_000;

/** A limit on a clock, and when it passed, in milliseconds after it was set. */
function limited(limitMs = LIMIT_MS, sinceMs?: number) {
  const clock = new FakeClock();
  const start = clock.now();
  const passed: number[] = [];
  const timer = clock.limit(
    limitMs,
    () => void passed.push(clock.now() - start),
    sinceMs === undefined ? undefined : start + sinceMs,
  );
  return { clock, passed, timer };
}

type Move = readonly ["runs" | "stands still", ms: number];

const rows: [what: string, moves: Move[], passedAt: number][] = [
  // What passed since the last look is given back with the rest: half a second here.
  ["nothing happens", [], LIMIT_MS],
  [
    "the process stands still over the limit",
    [
      ["runs", 2000],
      ["stands still", 16_000],
    ],
    28_000,
  ],
  [
    "it stands still to just before the limit",
    [
      ["runs", 500],
      ["stands still", 9000],
    ],
    19_500,
  ],
  [
    "it stands still from just before the limit on",
    [
      ["runs", 9999],
      ["stands still", 3_600_000],
    ],
    3_619_999,
  ],
  [
    "it stands still again and again",
    [
      ["runs", 1000],
      ["stands still", 4000],
      ["runs", 1000],
      ["stands still", 4000],
      ["runs", 1000],
      ["stands still", 4000],
    ],
    22_000,
  ],
  [
    "it is a little late, as a busy machine is",
    [
      ["runs", 2000],
      ["stands still", 700],
    ],
    LIMIT_MS,
  ],
  [
    "it is a little late when the limit passes",
    [
      ["runs", 9900],
      ["stands still", 300],
    ],
    10_200,
  ],
];

for (const [what, moves, passedAt] of rows) {
  test(`a limit of ${LIMIT_MS} ms passes after ${passedAt} ms where ${what}`, () => {
    const { clock, passed } = limited();
    for (const [how, ms] of moves) {
      if (how === "runs") clock.advance(ms);
      else clock.standStill(ms);
    }
    clock.advance(10 * LIMIT_MS);
    expect(passed).toEqual([passedAt]);
    expect(clock.pending).toBe(0);
  });
}

describe("a limit that is set after the process stood still", () => {
  test("does not count that time, although what it is about began before", () => {
    const { clock } = limited(600_000);
    const since = clock.now();
    clock.advance(1000);
    clock.standStill(16_000);
    const passed: number[] = [];
    clock.limit(LIMIT_MS, () => void passed.push(clock.now() - since), since);
    clock.advance(60_000);
    expect(passed).toEqual([27_000]);
  });

  test("is not longer for what began after it", () => {
    const { clock } = limited(600_000);
    clock.standStill(100_000);
    const since = clock.now();
    const passed: number[] = [];
    clock.limit(LIMIT_MS, () => void passed.push(clock.now() - since), since);
    clock.advance(60_000);
    expect(passed).toEqual([LIMIT_MS]);
  });

  test("knows of it also where every limit is moved before any timer runs", () => {
    const clock = new FakeClock();
    const since = clock.now();
    const before = clock.limit(LIMIT_MS, () => expect.unreachable(), since);
    clock.sleep(16_000);
    before.clear();
    const passed: number[] = [];
    clock.limit(LIMIT_MS, () => void passed.push(clock.now() - since), since + 100);
    clock.advance(60_000);
    expect(passed).toEqual([26_000]);
  });
});

test("a limit from a time that is still to come waits for that", () => {
  const { clock, passed } = limited(LIMIT_MS, 3_600_000);
  clock.advance(3_600_000 + LIMIT_MS);
  expect(passed).toEqual([3_600_000 + LIMIT_MS]);
});

test("a limit from a time that came while the process stood still begins with its return", () => {
  const { clock, passed } = limited(LIMIT_MS, 5000);
  clock.standStill(60_000);
  clock.advance(60_000);
  expect(passed).toEqual([70_000]);
});

test("a limit that is longer than a timer of the system can be passes in its time", () => {
  const { clock, passed } = limited(2_592_000_000);
  clock.advance(2_592_000_000 - 1);
  expect(passed).toEqual([]);
  clock.advance(1);
  expect(passed).toEqual([2_592_000_000]);
});

test("the time awake is what passed, but for the time that the process stood still", () => {
  const { clock } = limited(600_000);
  const since = clock.now();
  clock.advance(60_000);
  clock.standStill(3_600_000);
  clock.advance(5000);
  expect(clock.awakeSince(since)).toBe(65_000);
});

test("no timer is left once no limit waits", () => {
  const { clock, timer } = limited();
  clock.advance(3000);
  timer.clear();
  expect(clock.pending).toBe(0);
});

describe("an alarm", () => {
  test("goes off by the clock on the wall, at once where the process stood still over it", () => {
    const clock = new FakeClock();
    const at = clock.now() + 1_800_000;
    const rang: number[] = [];
    clock.alarm(at, () => void rang.push(clock.now()));
    clock.advance(60_000);
    clock.standStill(7_200_000);
    expect(rang).toEqual([at + 5_460_000]);
    expect(clock.pending).toBe(0);
  });

  test("is not late where the machine's timers slept with it", () => {
    const clock = new FakeClock();
    const at = clock.now() + 1_800_000;
    const rang: number[] = [];
    clock.limit(600_000, () => undefined);
    clock.alarm(at, () => void rang.push(clock.now()));
    clock.suspend(1_790_000);
    clock.advance(100_000);
    expect(rang).toEqual([at]);
  });

  test("leaves nothing when it is cleared", () => {
    const clock = new FakeClock();
    clock.alarm(clock.now() + 1_800_000, () => expect.unreachable()).clear();
    clock.advance(3_600_000);
    expect(clock.pending).toBe(0);
  });
});
