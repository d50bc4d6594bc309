import { createHash } from "node:crypto";
import { isAbsolute, normalize, relative } from "node:path";

/** Arguments that say nothing about what a call does: noise for certain. `id` and the like stay. */
const NOISE = new Set(["cwd", "traceid", "trace_id", "traceparent", "tracestate", "spanid", "span_id"]);
/** Names of arguments that hold a path. */
const PATH_NAME = /path|file|dir(ectory)?$|folder/i;
/** Deeper than this an argument is taken for its kind only; no tool's schema comes near it. */
const DEEPEST = 2000;
const LONGEST_PATH = 4096;

/**
 * What a tool call is, whatever order its arguments come in: SHA-256 over the tool's name and its canonical arguments.
 * Keys are sorted at every depth, and paths inside the worktree are made relative.
 *
 * @returns 64 hex digits
 */
export function fingerprint(tool: string, args: unknown, worktree: string): string {
  const text: string[] = [];
  writeCanonical(args, "", { worktree, text, ancestors: [] });
  return createHash("sha256").update(tool).update("\0").update(text.join("")).digest("hex");
}

interface Writing {
  readonly worktree: string;
  readonly text: string[];
  /** The objects around the value, to notice one that holds itself. */
  readonly ancestors: object[];
}

function writeCanonical(value: unknown, name: string, writing: Writing): void {
  const { text, ancestors } = writing;
  if (typeof value === "string") {
    text.push(JSON.stringify(canonicalText(value, name, writing.worktree)));
    return;
  }
  if (typeof value !== "object" || value === null) {
    text.push(typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? typeof value));
    return;
  }
  if (ancestors.length >= DEEPEST || ancestors.includes(value)) {
    text.push(ancestors.includes(value) ? "<cycle>" : "<deep>");
    return;
  }
  ancestors.push(value);
  if (Array.isArray(value)) writeArray(value, name, writing);
  else writeObject(value, writing);
  ancestors.pop();
}

function writeArray(values: readonly unknown[], name: string, writing: Writing): void {
  writing.text.push("[");
  for (const value of values) {
    writeCanonical(value, name, writing);
    writing.text.push(",");
  }
  writing.text.push("]");
}

function writeObject(value: object, writing: Writing): void {
  writing.text.push("{");
  for (const key of Object.keys(value).toSorted()) {
    const inner: unknown = Reflect.get(value, key);
    if (inner === undefined || NOISE.has(key.toLowerCase())) continue;
    writing.text.push(JSON.stringify(key), ":");
    writeCanonical(inner, key, writing);
    writing.text.push(",");
  }
  writing.text.push("}");
}

/** A path in one spelling; any other text as it is. */
function canonicalText(text: string, name: string, worktree: string): string {
  if (text.length > LONGEST_PATH || text.includes("\n")) return text;
  const inside = worktree !== "/" && (text === worktree || text.startsWith(`${worktree}/`));
  if (!inside && !PATH_NAME.test(name)) return text;
  const path = inside ? relative(worktree, text) || "." : normalize(text);
  return !isAbsolute(path) && path !== "." ? normalize(path).replace(/\/+$/, "") : path.replace(/(?<=.)\/+$/, "");
}
