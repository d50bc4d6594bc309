import DOMPurify from "dompurify";
import mermaid from "mermaid";
import type { Theme } from "../theme/theme.ts";

export interface Drawing {
  /** A `data:` URL of an SVG image: nothing in an image can run or load. */
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

let count = 0;
let turn: Promise<unknown> = Promise.resolve();

/** Draws Mermaid's language. Mermaid keeps one state for all: drawings are made one after the other. */
export async function drawDiagram(source: string, theme: Theme): Promise<Drawing> {
  const drawing = turn.then(async () => await draw(source, theme));
  turn = drawing.catch(() => undefined);
  return await drawing;
}

async function draw(source: string, theme: Theme): Promise<Drawing> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    suppressErrorRendering: true,
    theme: theme === "dark" ? "dark" : "neutral",
    fontFamily: "system-ui, sans-serif",
  });
  count += 1;
  const { svg } = await mermaid.render(`diagram-${count}`, source);
  const clean = DOMPurify.sanitize(svg, {
    USE_PROFILES: { svg: true, svgFilters: true },
    ADD_TAGS: ["style"],
    FORBID_TAGS: ["foreignObject", "script", "a", "image"],
  });
  const { width, height } = sizeOf(clean);
  const sized = clean
    .replace(/<svg([^>]*?)\swidth="[^"]*"/, "<svg$1")
    .replace("<svg", `<svg width="${width}" height="${height}"`);
  return { url: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(sized)}`, width, height };
}

function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, , , width = "400", height = "300"] = /viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  return { width: Math.ceil(Number(width)), height: Math.ceil(Number(height)) };
}
