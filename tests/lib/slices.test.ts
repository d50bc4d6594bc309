import { expect, test } from "bun:test";
import { Slices } from "../../src/lib/slices.ts";

test("in slices texts are sorted as ever", async () => {
  for (const count of [0, 1, 256, 257, 1000, 5003]) {
    const texts = Array.from({ length: count }, (_, index) => String((index * 7919) % 3001));
    expect(await new Slices().sorted(texts)).toEqual(texts.toSorted());
  }
  const backwards = Array.from({ length: 1000 }, (_, index) => String(9999 - index));
  expect(await new Slices().sorted(backwards)).toEqual(backwards.toReversed());
});

test("others have their turn while long work goes on", async () => {
  const slices = new Slices();
  let turns = 0;
  const others = setInterval(() => (turns += 1), 0);
  const end = performance.now() + 200;
  while (performance.now() < end) {
    for (const until = performance.now() + 1; performance.now() < until;);
    await slices.giveWay();
  }
  clearInterval(others);
  expect(turns).toBeGreaterThan(10);
});
