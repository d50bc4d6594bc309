import { expect, test } from "bun:test";
import type { LoopGuard } from "../../src/plugin/loaded-loop-guard.ts";
import { createLoopGuard } from "../../src/plugin/loop-guard.ts";
import { defaultGuard } from "../../scripts/scripted-host/guard-settings.ts";

type Given<K extends keyof LoopGuard["hooks"]> = Parameters<LoopGuard["hooks"][K]>;

/** A loop guard whose loaded half writes down what it is told, and one call for each of its hooks. */
function createRig() {
  const told: string[] = [];
  let loads = 0;
  const tells = (name: string) => async () => void told.push(name);
  const hooks: LoopGuard["hooks"] = {
    event: async ({ event }) => void told.push(event.type),
    "chat.message": tells("chat.message"),
    "tool.execute.before": tells("before"),
    "tool.execute.after": tells("after"),
    "experimental.chat.system.transform": tells("system"),
  };
  const guard = createLoopGuard(
    defaultGuard("/nowhere"),
    { worktree: "/", report: (why) => expect.unreachable(why) },
    async () => {
      loads++;
      return () => ({ hooks, flush: tells("flush") });
    },
  );
  const event = async (type: string, sessionID = "ses_1") =>
    await guard.hooks.event({ event: { type, properties: { sessionID } } } as unknown as Given<"event">[0]);
  return {
    told,
    loads: () => loads,
    guard,
    event,
    message: async (sessionID: string) =>
      await guard.hooks["chat.message"]({ sessionID }, { parts: [] } as unknown as Given<"chat.message">[1]),
    before: async () =>
      await guard.hooks["tool.execute.before"]({ tool: "read", sessionID: "ses_1", callID: "call_1" }, { args: {} }),
    system: async (sessionID: string) =>
      await guard.hooks["experimental.chat.system.transform"](
        { sessionID } as Given<"experimental.chat.system.transform">[0],
        { system: [] },
      ),
  };
}

test("a short answer in a session that begins here loads nothing, and writes nothing at the end", async () => {
  const { told, loads, guard, event, message, system } = createRig();
  await event("session.created");
  await message("ses_1");
  await system("ses_1");
  for (let delta = 0; delta < 50; delta++) await event("message.part.delta");
  await guard.flush();
  expect([loads(), told]).toEqual([0, []]);
});

test("the first call of a tool tells it first what was before, in its order", async () => {
  const { told, loads, event, message, before, system } = createRig();
  await event("session.created");
  await message("ses_1");
  await event("message.updated");
  const called = before();
  const next = event("message.part.updated");
  await Promise.all([called, next]);
  await system("ses_1");
  expect(told).toEqual(["chat.message", "message.updated", "before", "message.part.updated", "system"]);
  expect(loads()).toBe(1);
});

test("an answer that grows long is looked at while it grows, from its beginning", async () => {
  const { told, loads, event } = createRig();
  await event("session.created");
  for (let delta = 0; delta < 100; delta++) await event("message.part.delta");
  expect([loads(), told.length]).toEqual([1, 100]);
});

test.each([
  ["a message", async ({ message }: ReturnType<typeof createRig>) => await message("ses_old")],
  ["an event", async ({ event }: ReturnType<typeof createRig>) => await event("message.updated", "ses_old")],
  ["a request", async ({ system }: ReturnType<typeof createRig>) => await system("ses_old")],
])("%s of a session that began earlier is told at once: there may be a state of it", async (_what, happens) => {
  const rig = createRig();
  await rig.event("session.created");
  await happens(rig);
  expect([rig.loads(), rig.told.length]).toEqual([1, 1]);
});
