import { describe, expect, test } from "bun:test";
import { OverlookedMessages } from "../../../src/fleet/telling/overlooked-messages.ts";
import { Announcer } from "../../../src/fleet/telling/announcer.ts";
import type { Instance } from "../../../src/supervisor/instance.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";
import { sampleId, sampleInstance, sampleStates } from "../../supervisor/sample-instance.ts";

function ended(number: number): Instance {
  return sampleInstance("done", {
    instanceId: sampleId(number),
    announcement: { turn: 1, mode: "wake", state: "pending" },
  });
}

/** An announcer of agents that have ended, and the ends that each of its messages tells. */
function createAnnouncer(othersRun: () => boolean, waitsForOthers: (instance: Instance) => boolean = () => false) {
  const clock = new FakeClock();
  const messages: string[][] = [];
  const wakes: boolean[] = [];
  /** How far back the session was read, each time. */
  const since: (number | null)[] = [];
  /** What the host does next. */
  const host = { isDown: false };
  const announcer = new Announcer({
    clock,
    othersRun,
    waitsForOthers,
    maySupervise: () => true,
    claim: async (instanceId) => ({
      instance: { ...ended(1), instanceId },
      end: { instanceId, turn: 1 },
      result: async () => "what it found",
      resultPath: "/state/result.md",
      settle: async () => undefined,
      leave: () => undefined,
      release: async () => undefined,
    }),
    open: async (_sessionId, from) => ({
      announced: [],
      answered: [],
      agent: "odin",
      deliver: async (_text, ends, wake) => {
        since.push(from);
        if (host.isDown) throw new Error("no answer");
        wakes.push(wake);
        messages.push(ends.map(({ instanceId }) => instanceId));
        return "delivered";
      },
    }),
    user: { told: () => undefined, idle: () => undefined },
    report: (message) => expect(host.isDown, message).toBeTrue(),
  });
  const pass = async (ms: number) => {
    clock.advance(ms);
    await new Promise((resolve) => void setTimeout(resolve, 0));
  };
  return { announcer, clock, host, messages, pass, since, wakes };
}

test("an end wakes the session that asked, and not one that the user has stopped", async () => {
  const { announcer, pass, wakes } = createAnnouncer(() => false);
  const sessionID = sampleInstance("done").parent.sessionId;
  const becomes = (type: string) =>
    announcer.activity.event({ type: "session.status", properties: { sessionID, status: { type } } });
  announcer.ended(ended(1));
  await pass(0);
  becomes("busy");
  announcer.activity.event({
    type: "session.error",
    properties: { sessionID, error: { name: "MessageAbortedError" } },
  });
  becomes("idle");
  announcer.ended(ended(2));
  await pass(1000);
  becomes("busy");
  becomes("idle");
  announcer.ended(ended(3));
  await pass(1000);
  expect(wakes).toEqual([true, false, true]);
});

test("while another agent of the session runs, an end waits 200 ms for those that come with it", async () => {
  const { announcer, messages, pass } = createAnnouncer(() => true);
  announcer.ended(ended(1));
  await pass(199);
  announcer.ended(ended(2));
  expect(messages).toEqual([]);
  await pass(1);
  expect(messages).toEqual([[sampleId(1), sampleId(2)]]);
});

test("where no other agent of the session runs, an end is told at once", async () => {
  const { announcer, messages, pass } = createAnnouncer(() => false);
  announcer.ended(ended(1));
  await pass(0);
  expect(messages).toEqual([[sampleId(1)]]);
});

test("the last of several agents takes the waiting ends along, within their 200 ms", async () => {
  let othersRun = true;
  const { announcer, messages, pass } = createAnnouncer(() => othersRun);
  announcer.ended(ended(1));
  await pass(100);
  othersRun = false;
  announcer.ended(ended(2));
  await pass(100);
  expect(messages).toEqual([[sampleId(1), sampleId(2)]]);
});

const { endedAt } = sampleStates.done;

const status = (type: "busy" | "idle") => ({
  type: "session.status",
  properties: { sessionID: "ses_parent", status: { type } },
});
const call = (state: string, callID = "call_1") => ({
  type: "message.part.updated",
  properties: {
    part: { type: "tool", tool: "bizar_collect", callID, sessionID: "ses_parent", state: { status: state } },
  },
});

test("a session at work is told at once, not when it is idle", async () => {
  const { announcer, messages, pass } = createAnnouncer(() => false);
  announcer.activity.event(status("busy"));
  announcer.ended(ended(1));
  await pass(0);
  expect(messages).toEqual([[sampleId(1)]]);
});

test("while the session writes a collect nobody knows of whom: it is told of nothing until that is answered", async () => {
  const { announcer, messages, pass } = createAnnouncer(() => false);
  announcer.activity.event(status("busy"));
  announcer.activity.event(call("pending"));
  announcer.ended(ended(1));
  await pass(1000);
  expect(messages).toEqual([]);
  announcer.activity.event(call("error"));
  await pass(200);
  expect(messages).toEqual([[sampleId(1)]]);
});

test("a collect of one agent holds back its own end only, also until its answer is stored", async () => {
  const { announcer, messages, pass } = createAnnouncer(() => false);
  announcer.activity.event(call("running"));
  const done = announcer.collecting([sampleId(1)], "ses_parent");
  announcer.ended(ended(1));
  announcer.ended(ended(2));
  await pass(200);
  expect(messages).toEqual([[sampleId(2)]]);
  done();
  await pass(1000);
  expect(messages).toEqual([[sampleId(2)]]);
  announcer.activity.event(call("completed"));
  await pass(200);
  expect(messages).toEqual([[sampleId(2)], [sampleId(1)]]);
});

test("ends that wait for others are told with the last of them, and a failure at once", async () => {
  let run = 2;
  const { announcer, messages, pass } = createAnnouncer(
    () => run > 0,
    ({ state }) => run > 0 && state.status === "done",
  );
  announcer.ended(ended(1));
  await pass(60_000);
  expect(messages).toEqual([]);
  run = 1;
  announcer.ended({ ...ended(2), state: sampleStates.failed });
  await pass(200);
  expect(messages).toEqual([[sampleId(2)]]);
  run = 0;
  announcer.ended(ended(3));
  await pass(200);
  expect(messages).toEqual([[sampleId(2)], [sampleId(1), sampleId(3)]]);
});

test("a session that is about to end for good is told of everything now", async () => {
  const { announcer, messages, pass } = createAnnouncer(
    () => true,
    () => true,
  );
  announcer.activity.event(status("busy"));
  announcer.ended(ended(1));
  await pass(1000);
  expect(await announcer.tellNow("ses_parent")).toBe(true);
  expect(await announcer.tellNow("ses_parent")).toBe(false);
  expect(messages).toEqual([[sampleId(1)]]);
});

describe("a message that came as a turn ended", () => {
  test("is asked for once more when the session is idle, and no further once it was seen", async () => {
    const clock = new FakeClock();
    let isOverlooked = true;
    let asked = 0;
    const messages = new OverlookedMessages({ clock, isBusy: () => false, report: () => undefined });
    messages.add("ses_parent", { isOverlooked: async () => isOverlooked, askAgain: async () => void (asked += 1) });
    const pass = async () => {
      clock.advance(200);
      await new Promise((resolve) => void setTimeout(resolve, 0));
    };
    await pass();
    expect(asked).toBe(1);
    isOverlooked = false;
    messages.idle("ses_parent");
    await pass();
    messages.idle("ses_parent");
    expect([asked, clock.pending]).toEqual([1, 0]);
  });
});

test("a session is read for who has told it, but at the first telling of an end that is new", async () => {
  const { announcer, host, messages, pass, since } = createAnnouncer(() => false);
  announcer.ended(ended(1));
  await pass(0);
  expect(since).toEqual([null]);
  host.isDown = true;
  announcer.ended(ended(2));
  await pass(0);
  host.isDown = false;
  // It may have got through all the same.
  expect(await announcer.tellNow(sampleInstance("done").parent.sessionId)).toBeTrue();
  expect(since.slice(1)).toEqual([null, endedAt]);
  expect(messages).toEqual([[sampleId(1)], [sampleId(2)]]);
  announcer.leftBehind(ended(3));
  await pass(1000);
  announcer.ended(ended(4));
  await pass(1000);
  expect(since.slice(3)).toEqual([endedAt, endedAt]);
});
