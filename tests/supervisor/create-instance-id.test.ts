import { expect, test } from "bun:test";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import { INSTANCE_ID } from "../../src/supervisor/instance.ts";

test("ids are safe as file names, unlike each other, and sort by creation even within a millisecond", () => {
  const ids = Array.from({ length: 1000 }, () => createInstanceId());
  for (const id of ids) expect(id).toMatch(INSTANCE_ID);
  expect(new Set(ids).size).toBe(1000);
  expect(ids.toSorted()).toEqual(ids);
});
