import type { Drawing } from "../drawing-frame/messages.ts";
import type { Theme } from "../theme/theme.ts";
import { DrawingFrame } from "./drawing-frame.ts";
import { DrawingTurns } from "./drawing-turns.ts";

const turns = new DrawingTurns(
  () => new DrawingFrame(),
  (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
);

/**
 * Draws Mermaid's language, one diagram after the other.
 *
 * @param signal says that nobody looks at it any more
 * @throws Error with what Mermaid says of the source, or that it took too long
 */
export async function drawDiagram(source: string, theme: Theme, signal: AbortSignal): Promise<Drawing> {
  return await turns.draw(async (frame) => await frame.draw(source, theme), signal);
}
