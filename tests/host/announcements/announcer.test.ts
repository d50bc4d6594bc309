import { expect, test } from "bun:test";
import { Announcer } from "../../../src/host/announcements/announcer.ts";
import type { Instance } from "../../../src/supervisor/instance.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";
import { sampleId, sampleInstance } from "../../supervisor/sample-instance.ts";

function ended(number: number): Instance {
  return sampleInstance("done", {
    instanceId: sampleId(number),
    announcement: { turn: 1, mode: "wake", state: "pending" },
  });
}

/** An announcer of agents that have ended, and the ends that each of its messages tells. */
function createAnnouncer(othersRun: () => boolean) {
  const clock = new FakeClock();
  const messages: string[][] = [];
  const announcer = new Announcer({
    clock,
    othersRun,
    claim: async (instanceId) => ({
      instance: { ...ended(1), instanceId },
      end: { instanceId, turn: 1 },
      settle: async () => undefined,
      leave: () => undefined,
      release: async () => undefined,
    }),
    open: async () => ({
      announced: [],
      answered: [],
      deliver: async (_text, ends) => {
        messages.push(ends.map(({ instanceId }) => instanceId));
        return "delivered";
      },
    }),
    user: { told: () => undefined, idle: () => undefined },
    report: (message) => expect.unreachable(message),
  });
  const pass = async (ms: number) => {
    clock.advance(ms);
    await new Promise((resolve) => void setTimeout(resolve, 0));
  };
  return { announcer, messages, pass };
}

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
