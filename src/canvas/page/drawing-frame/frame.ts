import { drawDiagram } from "./draw-diagram.ts";
import type { DrawingAnswer, DrawingRequest } from "./messages.ts";

/** The frame has no origin that could be named: only its parent gets to know what it says. */
function say(answer: DrawingAnswer): void {
  parent.postMessage(answer, "*");
}

addEventListener("message", ({ source: sender, data }: MessageEvent<DrawingRequest>) => {
  if (sender !== parent) return;
  const { id, source, theme } = data;
  drawDiagram(source, theme).then(
    (drawing) => say({ kind: "drawn", id, drawing }),
    (error: unknown) => say({ kind: "failed", id, error: error instanceof Error ? error.message : String(error) }),
  );
});
say({ kind: "ready" });
