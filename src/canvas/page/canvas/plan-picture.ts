import { hasField, hasPicture, kindOf, shownType } from "../../../plans/element-kinds.ts";
import type { PlanElement } from "../../../plans/plan.ts";
import { aroundAll, framesOf } from "../../../plans/sections.ts";
import { drawDiagram } from "../elements/drawings.ts";
import { titleWords } from "../state/title-words.ts";
import { visibleText } from "../state/visible-text.ts";
import { download } from "../state/download.ts";
import { slug } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { useTheme } from "../theme/theme.ts";
import { shownBoxes, useCardHeights } from "../state/card-heights.ts";
import { routeBetween } from "./edge-route.ts";
import { bodyAsSvg, textAt } from "./picture-body.ts";
import { escaped, wrapped, type Measure } from "./picture-lines.ts";

const MARGIN = 40;
const PADDING = 18;
const TITLE = "650 15px system-ui, sans-serif";
/** More pixels than that are no picture that a browser makes. */
const MOST_PIXELS = 60_000_000;
const MOST_SIDE = 16_000;

/**
 * Hands the person the plan as a picture, as it stands on the canvas.
 *
 * @throws Error where the browser cannot make it
 */
export async function takePicture(kind: "svg" | "png"): Promise<void> {
  const { svg, width, height } = await planAsSvg();
  const content = kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await asPng(svg, width, height);
  download(`${slug}.${kind}`, content);
}

async function planAsSvg(): Promise<{ readonly svg: string; readonly width: number; readonly height: number }> {
  const { plan, connections } = usePlan.getState();
  const boxes = shownBoxes(plan?.elements ?? [], useCardHeights.getState().heights);
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const { x, y, width, height } = aroundAll(boxes);
  const measure = measureWith(document.createElement("canvas").getContext("2d"));
  const halo = `paint-order="stroke" stroke="${ink("--ground")}" stroke-width="5"`;
  const arrows = [...connections.values()].map(({ from, to, label = "" }) => {
    const [source, target] = [byId.get(from), byId.get(to)];
    if (source === undefined || target === undefined) return "";
    const others = boxes.filter((box) => box !== source && box !== target);
    const { path, labelX, labelY } = routeBetween(source, target, others, label, boxes.indexOf(source));
    const line = `<path d="${path}" fill="none" stroke="${ink("--edge")}" stroke-width="1.8" marker-end="url(#head)"/>`;
    const words = titleWords(label);
    const said = `<text x="${labelX}" y="${labelY}" text-anchor="middle" font-size="12.5" fill="${ink("--ink-2")}" ${halo}>${escaped(words)}</text>`;
    return words === "" ? line : line + said;
  });
  const frames = [...framesOf(boxes)];
  const sections = frames.map(
    ([, frame]) =>
      `<rect x="${frame.x}" y="${frame.y}" width="${frame.width}" height="${frame.height}" rx="20" fill="none" stroke="${ink("--line-strong")}" stroke-width="1.5"/>`,
  );
  const names = frames.map(
    ([name, frame]) =>
      `<text x="${frame.x + 22}" y="${frame.y + 30}" font-size="20" font-weight="600" fill="${ink("--ink-2")}" ${halo}>${escaped(titleWords(name))}</text>`,
  );
  const cards = await Promise.all(boxes.map(async (box) => await cardAsSvg(box, measure)));
  const size = { width: Math.ceil(width + 2 * MARGIN), height: Math.ceil(height + 2 * MARGIN) };
  const head = `<defs><marker id="head" viewBox="0 0 12 12" refX="10" refY="6" markerWidth="9" markerHeight="9" orient="auto"><path d="M2 1.500 10.500 6 2 10.500 4 6z" fill="${ink("--edge")}"/></marker></defs>`;
  const ground = `<rect x="${x - MARGIN}" y="${y - MARGIN}" width="100%" height="100%" fill="${ink("--ground")}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="${x - MARGIN} ${y - MARGIN} ${size.width} ${size.height}" font-family="system-ui, sans-serif">${head}${ground}${[...sections, ...arrows, ...names, ...cards].join("")}</svg>`;
  return { svg, ...size };
}

async function cardAsSvg(box: PlanElement, measure: Measure): Promise<string> {
  const { x, y, width, height, type, title, content, done, answer = "" } = box;
  const tone = ink(`--tone-${shownType(type)}`);
  const inner = width - 2 * PADDING;
  const sign = hasField(box, "done") ? (done === true ? "☑ " : "☐ ") : "";
  const titles = wrapped(`${sign}${titleWords(title)}`, TITLE, inner, measure);
  const text = (lines: readonly string[], top: number, step: number, style: string) =>
    lines.map((line, index) => textAt(line, x + PADDING, top + index * step, style)).join("");
  const top = y + 30 + titles.length * 22;
  const room = Math.max(0, y + height - top);
  const id = `clip-${box.id}`;
  const clip = `<clipPath id="${id}"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="14"/></clipPath>`;
  const frame = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="14" fill="${ink("--surface")}" stroke="${tone}" stroke-width="1.500"/>`;
  const head = text(titles, y + 30, 22, `font-size="15" font-weight="650" fill="${ink("--ink")}"`);
  const picture = await pictureOf(box);
  if (picture !== undefined) {
    const image = `<image href="${escaped(picture)}" x="${x + PADDING}" y="${top - 14}" width="${inner}" height="${Math.max(10, room)}"/>`;
    return `${clip}<g clip-path="url(#${id})">${frame}${head}${image}</g>`;
  }
  const isCode = ["code", "wireframe", "diagram"].includes(kindOf(type).form);
  const said = answer === "" ? content : `${content}\n\n→ ${answer}`;
  const code = `font-size="13" font-family="monospace" fill="${ink("--ink")}"`;
  const body = isCode
    ? text(
        visibleText(content)
          .split("\n")
          .slice(0, Math.ceil(room / 19)),
        top,
        19,
        code,
      )
    : bodyAsSvg(said, { x: x + PADDING, top, width: inner, bottom: y + height }, { measure, ink });
  return `${clip}<g clip-path="url(#${id})">${frame}${head}${body}</g>`;
}

/** A picture that is in the plan, or a diagram as it is drawn; what cannot be drawn stays text. */
async function pictureOf({ type, content }: PlanElement): Promise<string | undefined> {
  if (hasPicture({ type })) return content.startsWith("data:image/") ? content : undefined;
  if (kindOf(type).form !== "diagram" || content.trim() === "") return undefined;
  const drawn = await drawDiagram(content, useTheme.getState().theme, new AbortController().signal).catch(
    () => undefined,
  );
  return drawn?.url;
}

async function asPng(svg: string, width: number, height: number): Promise<Blob> {
  const scale = Math.min(2, MOST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(width * scale));
  canvas.height = Math.max(1, Math.floor(height * scale));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new Error("the browser makes no picture of this size. Take the SVG");
  return blob;
}

function measureWith(context: CanvasRenderingContext2D | null): Measure {
  return (text, font) => {
    if (context === null) return text.length * 8;
    context.font = font;
    return context.measureText(text).width;
  };
}

/** A colour of the page. */
function ink(name: string): string {
  return escaped(getComputedStyle(document.documentElement).getPropertyValue(name).trim());
}
