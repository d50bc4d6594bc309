import type { Drawing } from "./messages.ts";

/** What browsers make a picture of, per side and in all. */
const MOST_SIDE = 16_000;
const MOST_PIXELS = 24_000_000;

/** An image of pixels of an SVG, at its full size where a browser can. */
export async function inPixels(svg: string, width: number, height: number): Promise<Drawing> {
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
  const image = new Image();
  image.src = svg;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(width * scale));
  canvas.height = Math.max(1, Math.floor(height * scale));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return { url: canvas.toDataURL("image/png"), width, height, scale };
}
