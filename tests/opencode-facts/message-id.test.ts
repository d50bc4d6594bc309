import { expect, test } from "bun:test";
import { createMessageId } from "../../src/opencode/message-id.ts";

test("an id has the form of opencode's own for the same moment", () => {
  // Made by opencode 1.18.33, as the first of its millisecond, at 1795913013266.
  const seen = "msg_224c1d812001MvaObdv7HBvKHI";
  const id = createMessageId(1_795_913_013_266);
  expect(id).toMatch(/^msg_224c1d812000[0-9A-Za-z]{14}$/);
  expect(id).toHaveLength(seen.length);
  expect(id < seen).toBe(true);
});

test("ids rise with the time, and no two are the same", () => {
  const ids = [1_795_913_013_266, 1_795_913_013_267, 1_795_913_014_000, 1_900_000_000_000].map(createMessageId);
  expect(ids).toEqual(ids.toSorted());
  expect(createMessageId(5)).not.toBe(createMessageId(5));
});
