import { expect, test } from "bun:test";
import { DrawingTurns } from "../../../src/canvas/page/elements/drawing-turns.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";

/** Frames that draw when the test says so. */
function createRig() {
  const clock = new FakeClock();
  const asked: { source: string; frame: number; done: (drawing: string) => void }[] = [];
  const removed: number[] = [];
  let frames = 0;
  const createFrame = () => {
    const frame = ++frames;
    return {
      draw: async (source: string) => await new Promise<string>((done) => asked.push({ source, frame, done })),
      remove: () => void removed.push(frame),
    };
  };
  const after = (ms: number, run: () => void) => {
    const timer = clock.after(ms, run);
    return () => timer.clear();
  };
  const turns = new DrawingTurns(createFrame, after);
  const draw = async (source: string, signal = new AbortController().signal) =>
    await turns.draw(async (frame) => await frame.draw(source), signal);
  return { draw, clock, asked, removed };
}

const settle = async (): Promise<void> => await Bun.sleep(0);

test("diagrams are drawn one after the other in one frame", async () => {
  const { draw, asked } = createRig();
  const both = [draw("a"), draw("b")];
  await settle();
  expect(asked.map(({ source }) => source)).toEqual(["a"]);
  asked[0]?.done("a");
  await settle();
  asked[1]?.done("b");
  expect(await Promise.all(both)).toEqual(["a", "b"]);
  expect(asked.map(({ frame }) => frame)).toEqual([1, 1]);
});

test("one that was drawn long since, and is left now, takes no frame from the one that is being drawn", async () => {
  const { draw, clock, asked, removed } = createRig();
  const left = new AbortController();
  const first = draw("a", left.signal);
  await settle();
  asked[0]?.done("a");
  await first;
  const second = draw("b");
  await settle();
  left.abort();
  clock.advance(10_000);
  asked[1]?.done("b");
  expect(await second).toEqual("b");
  expect(removed).toEqual([]);
});

test("one that is left while it is drawn may come to its end for a moment; then the next one has a new frame", async () => {
  const { draw, clock, asked, removed } = createRig();
  const left = new AbortController();
  const first = draw("a", left.signal).catch(String);
  const second = draw("b");
  await settle();
  left.abort();
  clock.advance(900);
  expect(removed).toEqual([]);
  clock.advance(200);
  expect(await first).toContain("nobody looks at it");
  await settle();
  expect(removed).toEqual([1]);
  expect(asked.at(-1)).toMatchObject({ source: "b", frame: 2 });
  asked.at(-1)?.done("b");
  expect(await second).toEqual("b");
});

test("one that waits for its turn and is left is not drawn", async () => {
  const { draw, asked } = createRig();
  const left = new AbortController();
  const first = draw("a");
  const second = draw("b", left.signal).catch(String);
  left.abort();
  await settle();
  asked[0]?.done("a");
  await first;
  expect(await second).toContain("abort");
  expect(asked).toHaveLength(1);
});

test("one that takes two minutes is given up, and says so", async () => {
  const { draw, clock, removed } = createRig();
  const only = draw("a").catch(String);
  await settle();
  clock.advance(120_000);
  expect(await only).toContain("it took longer than 120 s. Draw it in several smaller ones");
  expect(removed).toEqual([1]);
});
