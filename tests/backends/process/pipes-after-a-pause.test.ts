import { expect, test } from "bun:test";
import { TurnPipes } from "../../../src/backends/process/turn-pipes.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";
import { lastTurn } from "../../../src/supervisor/live.ts";
import { sampleInstance } from "../../supervisor/sample-instance.ts";
import { createLive } from "../../../src/supervisor/live.ts";

/** The pipes of a child that is gone, held open by something else. */
function heldPipes() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const stdout = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
  const open = new ReadableStream<Uint8Array>({ start: (controller) => stdout.resolve(controller) });
  const never = new ReadableStream<Uint8Array>();
  const pipes = new TurnPipes({
    nonce: "nonce",
    turn: lastTurn(createLive(sampleInstance("running")).instance),
    observer: {
      ...{
        spawned() {},
        sessionIdentified() {},
        prompted() {},
        startRepeated() {},
        progressed() {},
        mustStop() {},
        asked() {},
        toldParent() {},
        answeredElsewhere() {},
      },
    },
    log: { write: (_, line) => void lines.push(line), close() {} },
    clock,
    onStrays: () => undefined,
    onLeft: () => undefined,
    exit: { over() {}, clear() {} },
  });
  const ended = { isTrue: false };
  const drained = pipes.drain(open, never).then(() => (ended.isTrue = true));
  pipes.abandonWhenQuiet();
  return {
    clock,
    lines,
    ended,
    drained,
    write: async (text: string) => (await stdout.promise).enqueue(Buffer.from(text)),
  };
}

test("what waits in the pipes of an ended child is read before they are given up, however long nobody ran", async () => {
  const { clock, lines, ended, drained, write } = heldPipes();
  clock.sleep(60_000);
  await write("a last word\n");
  clock.advance(900);
  await Bun.sleep(0);
  expect([lines, ended.isTrue]).toEqual([["a last word"], false]);
  clock.advance(1000);
  await drained;
  expect(clock.pending).toBe(0);
});

test("pipes into which somebody goes on writing are given up after five seconds", async () => {
  const { clock, ended, drained, write } = heldPipes();
  for (let times = 0; times < 9; times++) {
    await write("noise\n");
    await Bun.sleep(0);
    clock.advance(500);
  }
  expect(ended.isTrue).toBe(false);
  clock.advance(500);
  await drained;
  expect(clock.pending).toBe(0);
});
