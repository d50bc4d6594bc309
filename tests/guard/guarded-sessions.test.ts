import { expect, test } from "bun:test";
import { GuardedSessions } from "../../src/guard/guarded-sessions.ts";
import { createLadder } from "../../src/guard/ladder.ts";
import { defaultThresholds, MemoryStore } from "./guarded-host.ts";

function createSessions() {
  const store = new MemoryStore();
  return { store, sessions: new GuardedSessions(createLadder(defaultThresholds), store) };
}

test("a session's guard is read once, also when it is asked for twice at a time", async () => {
  const { sessions, store } = createSessions();
  const [one, other] = await Promise.all([sessions.of("ses_a"), sessions.of("ses_a")]);
  expect(one).toBe(other);
  expect(store.loads).toBe(1);
});

test("of more than a hundred sessions the longest unused one leaves the memory, and comes back as it was", async () => {
  const { sessions, store } = createSessions();
  const first = await sessions.of("ses_0");
  first.addNudge("wait for me");
  sessions.changed("ses_0", first);
  await sessions.of("ses_1");
  for (let index = 2; index < 100; index++) await sessions.of(`ses_${index}`);
  await sessions.of("ses_0");
  await sessions.of("ses_100");
  expect(store.loads).toBe(101);
  expect(await sessions.of("ses_0")).toBe(first);
  await sessions.of("ses_1");
  expect(store.loads).toBe(102);
  for (let index = 200; index < 300; index++) await sessions.of(`ses_${index}`);
  const again = await sessions.of("ses_0");
  expect(again).not.toBe(first);
  expect(again.offerNudges()).toEqual(["wait for me"]);
});
