import { expect, test } from "bun:test";
import { Leftovers } from "../../src/processes/leftovers.ts";
import { FakeTable } from "./fake-table.ts";

/** A table that says something else each time it is asked for markers, and the same at last. */
class ChangingTable extends FakeTable {
  looks = 0;

  constructor(private readonly markers: readonly (readonly string[])[]) {
    super([]);
  }

  override values(): Map<number, string> {
    const now = this.markers[Math.min(this.looks, this.markers.length - 1)] ?? [];
    this.looks += 1;
    return new Map(now.map((marker, pid) => [pid, marker]));
  }
}

test("agents that end at the same time share a look, and each is told of its own", async () => {
  const table = new ChangingTable([["wrm_1/bgr_2", "bgr_3"]]);
  const leftovers = new Leftovers(table);
  expect(await Promise.all(["bgr_1", "bgr_2", "bgr_3"].map((id) => leftovers.has(id)))).toEqual([false, true, true]);
  expect(table.looks).toBe(2);
});

test("what is left by a process that goes meanwhile is found by a second look", async () => {
  expect(await new Leftovers(new ChangingTable([[], ["bgr_1"]])).has("bgr_1")).toBe(true);
  expect(await new Leftovers(new ChangingTable([["bgr_1"], []])).has("bgr_1")).toBe(true);
});

test("whoever asks after a look has begun gets one of its own", async () => {
  const table = new ChangingTable([[], [], ["bgr_1"]]);
  const leftovers = new Leftovers(table);
  expect(await leftovers.has("bgr_1")).toBe(false);
  expect(await leftovers.has("bgr_1")).toBe(true);
});
