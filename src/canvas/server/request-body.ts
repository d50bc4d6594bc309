import type { Context } from "hono";
import { MOST_BODY_BYTES } from "../api.ts";

/** What a body holds, or why it was not read. */
export type Body =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "not_json" }
  /** Not announced as JSON: a form of another site can send nothing else without asking first. */
  | { readonly kind: "other_type" }
  | { readonly kind: "too_large" };

/** Reads a body, but no more of it than {@link MOST_BODY_BYTES}, however long it says it is. */
export async function readJson(context: Context): Promise<Body> {
  const type = context.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") return { kind: "other_type" };
  if (Number(context.req.header("content-length") ?? 0) > MOST_BODY_BYTES) return { kind: "too_large" };
  try {
    const text = await readText(context.req.raw.body);
    if (text === undefined) return { kind: "too_large" };
    return { kind: "json", value: JSON.parse(text, withoutPrototype) };
  } catch {
    // Or the page has gone away in the middle, and reads no answer.
    return { kind: "not_json" };
  }
}

const MOST_FORM_BYTES = 4096;

/** The fields of a form; `undefined` where there is none. */
export async function readForm(context: Context): Promise<URLSearchParams | undefined> {
  const type = context.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return undefined;
  const text = await readText(context.req.raw.body, MOST_FORM_BYTES).catch(() => undefined);
  return text === undefined ? undefined : new URLSearchParams(text);
}

/** @returns `undefined` when it is too large; the rest is left unread */
async function readText(
  body: ReadableStream<Uint8Array> | null,
  mostBytes = MOST_BODY_BYTES,
): Promise<string | undefined> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = body.getReader();
  for (;;) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- one chunk after the other
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString("utf8");
    bytes += value.byteLength;
    if (bytes > mostBytes) return undefined;
    chunks.push(value);
  }
}

/** `JSON.parse` makes `__proto__` a key like any other; whoever copies the object later would set its prototype. */
function withoutPrototype(key: string, value: unknown): unknown {
  return key === "__proto__" ? undefined : value;
}
