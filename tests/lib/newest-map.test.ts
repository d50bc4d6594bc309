import { expect, test } from "bun:test";
import { NewestMap } from "../../src/lib/newest-map.ts";

test("over its limit the entry goes that was set first; one that is set again is set last", () => {
  const map = new NewestMap<number>(3);
  map.set("a", 1).set("b", 2).set("c", 3).set("a", 4).set("d", 5);
  expect([...map]).toEqual([
    ["c", 3],
    ["a", 4],
    ["d", 5],
  ]);
  expect(map.get("a")).toBe(4);
  map.delete("c");
  map.set("e", 6);
  expect([...map.keys()]).toEqual(["a", "d", "e"]);
});
