import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import type { Outcome } from "../../../src/canvas/page/sync/api-client.ts";
import { LiveEvents, type EventsOfServer } from "../../../src/canvas/page/sync/live-events.ts";
import { samplePlan, stored } from "./sample-plan.ts";

/** A stream that the test opens and breaks. */
class ScriptedEvents implements EventsOfServer {
  readonly #listeners = new Map<string, (message: { readonly data: unknown }) => void>();

  addEventListener(type: string, listener: (message: { readonly data: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }

  tell(type: "open" | "error"): void {
    this.#listeners.get(type)?.({ data: null });
  }

  close(): void {}
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A page whose stream was open and is lost; the look at why has its answer when the test gives it. */
function loseStream() {
  const told: string[] = [];
  let stream = new ScriptedEvents();
  const look = Promise.withResolvers<Outcome>();
  const live = new LiveEvents({
    connect: () => (stream = new ScriptedEvents()),
    opened: () => told.push("opened"),
    received: () => {},
    lost: ({ kind }) => told.push(`lost ${kind}`),
    probe: async () => await look.promise,
  });
  live.connect();
  stream.tell("open");
  stream.tell("error");
  const answer = async (outcome: Outcome) => {
    look.resolve(outcome);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { told, answer, connectAgain: () => jest.advanceTimersByTime(1000), open: () => stream.tell("open") };
}

test("a stream that is lost says so, and is opened again", async () => {
  const { told, answer, connectAgain, open } = loseStream();
  await answer({ kind: "unreachable", message: "no connection" });
  connectAgain();
  open();
  expect(told).toEqual(["opened", "lost unreachable", "opened"]);
});

test.each([
  ["not at all", { kind: "unreachable", message: "timed out" }],
  ["well", { kind: "done", stored: stored(samplePlan()) }],
] satisfies [string, Outcome][])(
  "a stream that is open again is not called lost by a look that ends late, %s",
  async (_how, late) => {
    const { told, answer, connectAgain, open } = loseStream();
    connectAgain();
    open();
    await answer(late);
    expect(told).toEqual(["opened", "opened"]);
  },
);

test("a look that ends while the stream is still being opened counts", async () => {
  const { told, answer, connectAgain } = loseStream();
  connectAgain();
  await answer({ kind: "locked_out" });
  expect(told).toEqual(["opened", "lost locked_out"]);
});
