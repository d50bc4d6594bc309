import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judge } from "../../../src/supervisor/outcome.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";
import { until } from "../../until.ts";
import { startTurn } from "./turn-rig.ts";

const PAUSE_MS = 2000;

/** Starts a turn whose child finds the database locked so often, and a clock that stands still. */
function start(times: number, when: "at_start" | "in_session" | "after_a_tool") {
  const clock = new FakeClock();
  const turn = startTurn("finds-database-locked.ts", { prompt: JSON.stringify({ times, when }) }, { clock });
  const starts = () => readFileSync(join(turn.request.directory, "starts"), "utf8").length;
  return { clock, turn, starts };
}

for (const when of ["at_start", "in_session"] as const) {
  test(`a child that finds the database locked (${when}) is started once more after a pause`, async () => {
    const { clock, turn, starts } = start(1, when);
    await until("it waits", () => clock.pending > 0);
    clock.advance(PAUSE_MS - 1);
    expect([clock.pending, starts(), turn.hasExited, turn.seen.repeats]).toEqual([1, 1, false, 1]);
    clock.advance(1);
    const { evidence } = await turn.ended;
    expect(judge(evidence)).toEqual({ status: "done" });
    expect(evidence.words).toEqual(["All is well."]);
    expect([starts(), turn.seen.processes.length, clock.pending]).toEqual([2, 2, 0]);
    expect(turn.seen.sessions.at(-1)).toBe("ses_start2");
    expect(turn.log().filter((line) => line.includes("bizar: "))).toEqual([
      "[stderr] bizar: opencode's database was locked, and the agent had done nothing yet: it is started once more.",
    ]);
    expect(turn.log().at(-1)).toStartWith("[stdout]");
  });
}

test("a second failure is reported as it is", async () => {
  const { clock, turn, starts } = start(9, "in_session");
  await until("it waits", () => clock.pending > 0);
  clock.advance(PAUSE_MS);
  const outcome = judge((await turn.ended).evidence);
  expect(outcome).toMatchObject({ status: "failed", reason: "session_error" });
  expect(outcome.error).toContain("database is locked");
  expect(starts()).toBe(2);
});

test("an agent that had done something is not started again", async () => {
  const { clock, turn, starts } = start(1, "after_a_tool");
  const { evidence } = await turn.ended;
  expect(judge(evidence).error).toContain("database is locked");
  expect([starts(), turn.seen.repeats, clock.pending]).toEqual([1, 0, 0]);
});

test("any other failure is no reason to start again", async () => {
  const clock = new FakeClock();
  const turn = startTurn("exits-7.sh", {}, { clock });
  await turn.ended;
  expect([turn.seen.processes.length, turn.seen.repeats]).toEqual([1, 0]);
});

describe("an agent that is ended during the pause is not started again, and the pause is over at once", () => {
  for (const how of ["stop", "stopNow"] as const) {
    test(`by ${how}`, async () => {
      const { clock, turn, starts } = start(1, "in_session");
      await until("it waits", () => clock.pending > 0);
      await turn[how]();
      await turn.ended;
      expect([starts(), clock.pending]).toEqual([1, 0]);
    });
  }
});
