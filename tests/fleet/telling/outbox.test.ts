import { expect, test } from "bun:test";
import { Outbox, type Attempt } from "../../../src/fleet/telling/outbox.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";

const TOLD: Attempt = { isTold: true, next: "over" };
const settle = async () => await new Promise((resolve) => void setTimeout(resolve, 0));

/** An outbox whose attempts end as the test says. */
function createRig() {
  const clock = new FakeClock();
  const attempts: (PromiseWithResolvers<Attempt> & { readonly isLast: boolean })[] = [];
  const failed: unknown[] = [];
  const over: string[] = [];
  const outbox = new Outbox({
    clock,
    async tell(_name, isLast) {
      const attempt = { ...Promise.withResolvers<Attempt>(), isLast };
      attempts.push(attempt);
      return await attempt.promise;
    },
    over: (name) => void over.push(name),
    failed: (_name, cause) => void failed.push(cause),
  });
  return { clock, attempts, failed, over, outbox };
}

test("what is due while it is being told is told once more, not beside it", async () => {
  const { clock, attempts, over, outbox } = createRig();
  outbox.due("ses_1", 0);
  clock.advance(0);
  outbox.due("ses_1", 10);
  clock.advance(10);
  expect([attempts.length, outbox.isTelling("ses_1")]).toEqual([1, true]);
  attempts[0]?.resolve({ isTold: false, next: "held" });
  await settle();
  clock.advance(0);
  expect(attempts).toHaveLength(2);
  attempts[1]?.resolve(TOLD);
  await settle();
  expect([over, clock.pending]).toEqual([["ses_1"], 0]);
});

test("an attempt that failed is made again after a second, and then after twice as long each time", async () => {
  const { clock, attempts, failed, outbox } = createRig();
  outbox.due("ses_1", 0);
  clock.advance(0);
  for (const pauseMs of [1000, 2000, 4000]) {
    attempts.at(-1)?.reject(new Error("away"));
    await settle();
    const before = attempts.length;
    clock.advance(pauseMs - 1);
    expect(attempts).toHaveLength(before);
    clock.advance(1);
    expect(attempts).toHaveLength(before + 1);
  }
  expect(failed).toHaveLength(3);
});

test("the last attempt is behind the one under way, and says whether somebody was told", async () => {
  const { clock, attempts, outbox } = createRig();
  outbox.due("ses_1", 0);
  clock.advance(0);
  const last = outbox.now("ses_1");
  await settle();
  expect(attempts.map(({ isLast }) => isLast)).toEqual([false]);
  attempts[0]?.resolve({ isTold: false, next: "held" });
  await settle();
  expect(attempts.map(({ isLast }) => isLast)).toEqual([false, true]);
  attempts[1]?.resolve(TOLD);
  expect(await last).toBe(true);
});

test("nothing is told, and no failure reported, once it is closed", async () => {
  const { clock, attempts, failed, outbox } = createRig();
  outbox.due("ses_1", 0);
  outbox.due("ses_2", 100);
  clock.advance(0);
  outbox.close();
  attempts[0]?.reject(new Error("away"));
  await settle();
  outbox.due("ses_1", 0);
  expect([failed.length, clock.pending, await outbox.now("ses_1")]).toEqual([0, 0, false]);
});
