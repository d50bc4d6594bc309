import DOMPurify from "dompurify";
import mermaid from "mermaid";
import type { Theme } from "../theme/theme.ts";
import { visibleText } from "../state/visible-text.ts";
import { inPixels } from "./in-pixels.ts";
import type { Drawing } from "./messages.ts";
import { withWordsOfHtml } from "./words-of-html.ts";

/** Said in full: an image does not see the page's custom properties. */
const COLOURS: Readonly<Record<Theme, Readonly<Record<string, string | boolean>>>> = {
  light: {
    background: "#fffefc",
    primaryColor: "#e4f1f0",
    primaryTextColor: "#1d2330",
    primaryBorderColor: "#0b6b68",
    secondaryColor: "#fff4e4",
    tertiaryColor: "#f7f3ff",
    lineColor: "#6d6b66",
    textColor: "#1d2330",
    noteBkgColor: "#fff8d9",
    noteTextColor: "#1d2330",
    edgeLabelBackground: "#fffefc",
  },
  dark: {
    darkMode: true,
    background: "#1a2029",
    primaryColor: "#1d3a3c",
    primaryTextColor: "#e7eaef",
    primaryBorderColor: "#56d0c4",
    secondaryColor: "#3b2a15",
    tertiaryColor: "#2a2440",
    lineColor: "#93a0b0",
    textColor: "#e7eaef",
    noteBkgColor: "#3a3517",
    noteTextColor: "#e7eaef",
    edgeLabelBackground: "#1a2029",
  },
};

/** Two dollars that Mermaid does not take for a formula: it would draw HTML, whose signs without their places say something else. */
const HELD_APART = "$\uE000$";

/** A longer SVG holds the page when it is shown, as long as one of pixels that is made here does not. */
const MOST_SVG = 250_000;

let count = 0;
/** What Mermaid knows of a diagram that is made of nodes. */
interface Nodes {
  getData(): { readonly nodes: readonly { readonly img?: unknown }[] };
}

/**
 * Whether a node is a picture: Mermaid fetches it before anything can be said against it. Its parser is asked, since there
 * are many ways to write one key in YAML.
 */
async function hasPictures(source: string): Promise<boolean> {
  if (!source.includes("@{")) return false;
  // Mermaid itself hides these from its parser, to which a semicolon is the end of a line.
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(source.replaceAll(/#\w+;/g, "x"));
  return "getData" in db && (db as unknown as Nodes).getData().nodes.some(({ img }) => Boolean(img));
}

/**
 * Draws Mermaid's language. Mermaid keeps one state for all: one drawing at a time.
 *
 * @throws Error with what Mermaid says of the source
 */
export async function drawDiagram(source: string, theme: Theme): Promise<Drawing> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    suppressErrorRendering: true,
    theme: "base",
    themeVariables: COLOURS[theme],
    fontFamily: "system-ui, sans-serif",
  });
  if (await hasPictures(source))
    throw new Error("a picture in it would be loaded from elsewhere. Add an image beside it");
  count += 1;
  const { textColor, background } = COLOURS[theme];
  const { svg } = await mermaid.render(
    `diagram-${count}`,
    source.replaceAll("$$", () => HELD_APART),
  );
  const written = svg.replaceAll(HELD_APART, () => "$$");
  const clean = DOMPurify.sanitize(withWordsOfHtml(written, String(textColor), String(background)), {
    USE_PROFILES: { svg: true, svgFilters: true },
    ADD_TAGS: ["style"],
    FORBID_TAGS: ["foreignObject", "script", "a", "image"],
  });
  const { width, height } = sizeOf(clean);
  // Some kinds say a size of their own, and an image that says one twice is none.
  const sized = visibleText(clean).replace(/<svg[^>]*>/, (root) =>
    root.replaceAll(/\s(?:width|height)="[^"]*"/g, "").replace("<svg", `<svg width="${width}" height="${height}"`),
  );
  const url = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(sized)}`;
  return sized.length > MOST_SVG ? await inPixels(url, width, height) : { url, width, height, scale: 1 };
}

function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, , , width = "400", height = "300"] = /viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  return { width: Math.ceil(Number(width)), height: Math.ceil(Number(height)) };
}
