import { expect, test } from "bun:test";
import { lookAgain } from "../../src/lib/look-again.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";

const PAUSE_MS = 30_000;

/** A repeated look whose answers a test gives, in order. */
function createRig() {
  const clock = new FakeClock();
  const open: PromiseWithResolvers<boolean>[] = [];
  const look = lookAgain(clock, PAUSE_MS, async () => {
    const answer = Promise.withResolvers<boolean>();
    open.push(answer);
    return await answer.promise;
  });
  return {
    clock,
    look,
    get looks() {
      return open.length;
    },
    /** The last look ends. */
    async answer(isWorthIt: boolean) {
      open.at(-1)?.resolve(isWorthIt);
      for (let round = 0; round < 10; round++) await Promise.resolve();
    },
  };
}

test("nothing wakes up before there is a reason to look", () => {
  expect(createRig().clock.pending).toBe(0);
});

test("it looks once the pause is over, and goes on while there is something to look for", async () => {
  const rig = createRig();
  rig.look.arm();
  rig.clock.advance(PAUSE_MS - 1);
  expect(rig.looks).toBe(0);
  rig.clock.advance(1);
  await rig.answer(true);
  rig.clock.advance(PAUSE_MS);
  expect(rig.looks).toBe(2);
  await rig.answer(false);
  expect(rig.clock.pending).toBe(0);
});

test("however much happens, one timer is there, and one look comes of it", async () => {
  const rig = createRig();
  for (let event = 0; event < 100; event++) rig.look.arm();
  expect(rig.clock.pending).toBe(1);
  rig.clock.advance(PAUSE_MS);
  await rig.answer(false);
  expect(rig.clock.pending).toBe(0);
  expect(rig.looks).toBe(1);
});

test("what happens while it looks is worth another look", async () => {
  const rig = createRig();
  rig.look.arm();
  rig.clock.advance(PAUSE_MS);
  rig.look.arm();
  expect(rig.clock.pending).toBe(0);
  await rig.answer(false);
  expect(rig.clock.pending).toBe(1);
});

test("it begins again after it had come to rest", async () => {
  const rig = createRig();
  rig.look.arm();
  rig.clock.advance(PAUSE_MS);
  await rig.answer(false);
  rig.look.arm();
  rig.clock.advance(PAUSE_MS);
  expect(rig.looks).toBe(2);
});

test("once it is ended nothing starts it again, not even the look that was under way", async () => {
  const rig = createRig();
  rig.look.arm();
  rig.clock.advance(PAUSE_MS);
  rig.look.clear();
  await rig.answer(true);
  rig.look.arm();
  expect(rig.clock.pending).toBe(0);
});
