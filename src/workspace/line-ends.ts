import { createHash } from "node:crypto";
import { lstat, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TreeChange } from "./tree-changes.ts";

/**
 * Gives new files the line ends of those that they replace, where git holds both for the same: with `core.autocrlf` it
 * writes all of one kind, whatever lay there before.
 */
export async function keepLineEnds(root: string, staged: string, changes: readonly TreeChange[]): Promise<void> {
  for (const { path, kind, before, after } of changes) {
    if (kind !== "changed") continue;
    const [old, fresh] = [await plainFile(join(root, path)), await plainFile(join(staged, path))];
    if (old === undefined || fresh === undefined) continue;
    const [from, to] = [lineEnds(old), lineEnds(fresh)];
    const isConverted = idOf(old, before) !== before || idOf(fresh, after) !== after;
    if (from === undefined || to === undefined || from === to || !isConverted) continue;
    const text = fresh.toString("latin1");
    const changed = from === "crlf" ? text.replaceAll("\n", "\r\n") : text.replaceAll("\r\n", "\n");
    await writeFile(join(staged, path), Buffer.from(changed, "latin1"));
  }
}

async function plainFile(path: string): Promise<Buffer | undefined> {
  const status = await lstat(path).catch(() => undefined);
  return status?.isFile() === true ? await readFile(path) : undefined;
}

/** The line ends of a text that has one kind only. */
function lineEnds(content: Buffer): "lf" | "crlf" | undefined {
  if (content.includes(0)) return undefined;
  const text = content.toString("latin1");
  const all = text.split("\n").length - 1;
  const crlf = text.split("\r\n").length - 1;
  if (all === 0 || (crlf > 0 && crlf < all)) return undefined;
  return crlf === 0 ? "lf" : "crlf";
}

/** The id that git gives to a content as it is, by the kind of another id. */
function idOf(content: Buffer, like: string): string {
  const hash = createHash(like.length > 40 ? "sha256" : "sha1");
  return hash.update(`blob ${content.length}\0`).update(content).digest("hex");
}
