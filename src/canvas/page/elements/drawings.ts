import type { Drawing } from "../drawing-frame/messages.ts";
import type { Theme } from "../theme/theme.ts";
import { DrawingFrame } from "./drawing-frame.ts";

/** The longest that one drawing is waited for. */
const MOST_MS = 120_000;
/** How long a drawing that nobody looks at any more may take to its end: a new frame takes longer. */
const LET_END_MS = 1000;

let frame: DrawingFrame | undefined;
let turn: Promise<unknown> = Promise.resolve();

/**
 * Draws Mermaid's language, one diagram after the other.
 *
 * @param signal says that nobody looks at it any more
 * @throws Error with what Mermaid says of the source, or that it took too long
 */
export async function drawDiagram(source: string, theme: Theme, signal: AbortSignal): Promise<Drawing> {
  const drawing = turn.then(async () => {
    signal.throwIfAborted();
    return await drawNow(source, theme, signal);
  });
  turn = drawing.catch(() => undefined);
  return await drawing;
}

async function drawNow(source: string, theme: Theme, signal: AbortSignal): Promise<Drawing> {
  frame ??= new DrawingFrame();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const stopIn = (ms: number, why: string) => {
    const stop = () => {
      frame?.remove();
      frame = undefined;
      reject(new Error(why));
    };
    timers.add(setTimeout(stop, ms));
  };
  stopIn(MOST_MS, `it took longer than ${MOST_MS / 1000} s. Draw it in several smaller ones`);
  const over = new AbortController();
  const leave = () => stopIn(LET_END_MS, "nobody looks at it");
  // The frame is the next drawing's once this one is over.
  signal.addEventListener("abort", leave, { once: true, signal: over.signal });
  try {
    return await Promise.race([frame.draw(source, theme), stopped]);
  } finally {
    over.abort();
    for (const timer of timers) clearTimeout(timer);
  }
}
