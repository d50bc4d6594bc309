import { expect, test } from "bun:test";
import { onceMore } from "../../src/lib/once-more.ts";
import { until } from "../until.ts";

function createWork() {
  const running: PromiseWithResolvers<void>[] = [];
  const ask = onceMore(async () => {
    const one = Promise.withResolvers<void>();
    running.push(one);
    await one.promise;
  });
  return { ask, running };
}

test("whoever asks meanwhile has it done once more afterwards, and no two at a time", async () => {
  const { ask, running } = createWork();
  ask();
  ask();
  ask();
  expect(running).toHaveLength(1);
  running[0]?.resolve();
  await until("the second is running", () => running.length === 2);
  running[1]?.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect(running).toHaveLength(2);
  ask();
  expect(running).toHaveLength(3);
});

test("what is asked for by the work itself is done after it", async () => {
  let count = 0;
  const ask = onceMore(async () => {
    count += 1;
    if (count < 3) ask();
  });
  ask();
  await until("it was done three times", () => count === 3);
});
