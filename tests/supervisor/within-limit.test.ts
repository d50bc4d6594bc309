import { expect, test } from "bun:test";
import { withinLimit } from "../../src/supervisor/within-limit.ts";
import { FakeClock } from "./fake-clock.ts";

/** Something that is over when the test says so, or when its limit passes. */
function asked(clock: FakeClock) {
  const answer = Promise.withResolvers<string>();
  const settled = withinLimit(clock, 10_000, async (signal) => {
    signal.addEventListener("abort", () => answer.reject(signal.reason as Error));
    return await answer.promise;
  });
  return { answer: answer.resolve, settled };
}

test("an answer that waited while this process stood still is taken", async () => {
  const clock = new FakeClock();
  const { answer, settled } = asked(clock);
  clock.standStill(60_000);
  answer("here");
  expect(await settled).toBe("here");
  expect(clock.pending).toBe(0);
});

test("one that does not come is waited for as long again, and no longer", async () => {
  const clock = new FakeClock();
  const { settled } = asked(clock);
  clock.standStill(60_000);
  clock.advance(9999);
  clock.advance(1);
  expect(settled).rejects.toThrow("timed out");
  await settled.catch(() => undefined);
  expect(clock.pending).toBe(0);
});
