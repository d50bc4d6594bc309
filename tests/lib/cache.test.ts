import { expect, test } from "bun:test";
import { cached } from "../../src/lib/cache.ts";

function createLists() {
  const lists = new Map([["a", ["one"]]]);
  const asked: string[] = [];
  const ask = cached(async (key) => {
    asked.push(key);
    const list = lists.get(key);
    if (list === undefined) throw new Error("not now");
    return list;
  });
  return { lists, asked, ask, with: (key: string, word: string) => ask(key, (list) => list.includes(word)) };
}

test("what is on a list is looked up once, and what is not is asked for anew", async () => {
  const lists = createLists();
  expect(await lists.with("a", "one")).toEqual(["one"]);
  lists.lists.set("a", ["one", "two"]);
  expect(await lists.with("a", "one")).toEqual(["one"]);
  expect(lists.asked).toEqual(["a"]);
  expect(await lists.with("a", "two")).toEqual(["one", "two"]);
  expect(await lists.with("a", "two")).toEqual(["one", "two"]);
  expect(lists.asked).toEqual(["a", "a"]);
});

test("those who ask at the same time share an answer", async () => {
  const lists = createLists();
  expect(await Promise.all([lists.with("a", "one"), lists.with("a", "one")])).toEqual([["one"], ["one"]]);
  expect(lists.asked).toEqual(["a"]);
});

test("a failure is nothing that is kept, and lists are kept apart", async () => {
  const lists = createLists();
  await lists.with("a", "one");
  expect(await lists.with("b", "one").catch(String)).toContain("not now");
  lists.lists.set("b", ["one"]);
  expect(await lists.with("b", "one")).toEqual(["one"]);
  expect(lists.asked).toEqual(["a", "b", "b"]);
});
