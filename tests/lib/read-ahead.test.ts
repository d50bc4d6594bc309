import { expect, test } from "bun:test";
import { readAhead } from "../../src/lib/read-ahead.ts";

test("what is read comes in its order, and no more is read at once than was said", async () => {
  const reads = new Map<number, PromiseWithResolvers<number>>();
  const read = async (item: number) => {
    const one = Promise.withResolvers<number>();
    reads.set(item, one);
    return await one.promise;
  };
  const begun = () => [...reads.keys()];
  const found = readAhead([1, 2, 3, 4, 5], 3, read);
  const first = found.next();
  expect(begun()).toEqual([1, 2, 3, 4]);
  reads.get(2)?.resolve(20);
  reads.get(1)?.resolve(10);
  expect((await first).value).toBe(10);
  expect(begun()).toEqual([1, 2, 3, 4]);
  expect((await found.next()).value).toBe(20);
  expect(begun()).toEqual([1, 2, 3, 4, 5]);
  for (const item of [5, 4, 3]) reads.get(item)?.resolve(item * 10);
  expect(await Array.fromAsync(found)).toEqual([30, 40, 50]);
});

test("of fewer than that all are read, and of nothing nothing", async () => {
  expect(await Array.fromAsync(readAhead([1, 2], 32, async (item) => -item))).toEqual([-1, -2]);
  expect(await Array.fromAsync(readAhead([], 32, async (item) => item))).toEqual([]);
});
