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
  const turns: number[] = [];
  const others = setInterval(() => turns.push(1), 0);
  for (let piece = 0; piece < 1000 && turns.length <= 10; piece += 1) {
    for (const until = performance.now() + 1; performance.now() < until;);
    await slices.giveWay();
  }
  clearInterval(others);
  expect(turns.length).toBeGreaterThan(10);
});
