/** In characters: a third of what the server takes, since a plan may hold many. */
const MOST_URL_LENGTH = 1_000_000;
const SIDES = [1600, 1200, 900, 640, 420, 240];

export interface ShrunkImage {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** The image as a `data:` URL of less than a megabyte, smaller where it has to be; null when it is no image. */
export async function shrinkImage(file: Blob): Promise<ShrunkImage | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) return null;
  for (const side of SIDES) {
    const shrunk = draw(bitmap, Math.min(1, side / Math.max(bitmap.width, bitmap.height)));
    if (shrunk.url.length <= MOST_URL_LENGTH) return shrunk;
  }
  return null;
}

function draw(bitmap: ImageBitmap, scale: number): ShrunkImage {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const url = canvas.toDataURL("image/webp", 0.86);
  return { url, width: canvas.width, height: canvas.height };
}
