import { createHash } from "node:crypto";
import { normalize } from "node:path";

/** Arguments that say nothing about what a call does: noise for certain. `id` and the like stay. */
const NOISE = new Set(["cwd", "traceid", "trace_id", "traceparent", "tracestate", "spanid", "span_id"]);
/** Names of arguments that hold a path; `fileContent` does not. */
const PATH_NAME = /(path|file|filename|dir|directory|folder)s?$/i;
/** Deeper than this an argument is taken for its kind only; no tool's schema comes near it. */
const DEEPEST = 2000;
const LONGEST_PATH = 4096;
/** A path that has another spelling: an empty part, `.`, `..`, or a slash at its end. */
const UNTIDY = /\/\/|\/$|(^|\/)\.\.?(\/|$)/;

/**
 * What a tool call is, whatever order its arguments come in: SHA-256 over the tool's name and its canonical arguments.
 * Keys are sorted at every depth, and paths inside the worktree are made relative.
 *
 * @returns 64 hex digits
 */
export function fingerprint(tool: string, args: unknown, worktree: string): string {
  const around: Surroundings = { worktree, ancestors: [], names: new Map(), keys: { given: [], sorted: [] } };
  const canonical = canonicalValue(args, NO_NAME, around);
  return createHash("sha256").update(tool).update("\0").update(JSON.stringify(canonical)).digest("hex");
}

/** Lists stand for lists and objects alike, and an object for what JSON has no word for. */
type Canonical = string | number | boolean | null | readonly Canonical[] | { readonly other: string };

interface Surroundings {
  readonly worktree: string;
  /** The objects around the value, to notice one that holds itself. */
  readonly ancestors: object[];
  /** A megabyte of small values has the same few names over and over. */
  readonly names: Map<string, Name>;
  /** The keys of the last object, as they came and sorted: the next one often has the same, and sorting is dear. */
  keys: { readonly given: readonly string[]; readonly sorted: readonly string[] };
}

/** What is to be known of an argument's name. */
interface Name {
  readonly isNoise: boolean;
  readonly isPath: boolean;
}

const NO_NAME: Name = { isNoise: false, isPath: false };

function nameOf(key: string, { names }: Surroundings): Name {
  let name = names.get(key);
  if (name === undefined) {
    name = { isNoise: NOISE.has(key.toLowerCase()), isPath: PATH_NAME.test(key) };
    names.set(key, name);
  }
  return name;
}

function canonicalValue(value: unknown, name: Name, around: Surroundings): Canonical {
  if (typeof value === "string") return canonicalText(value, name, around.worktree);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object") return { other: typeof value === "bigint" ? `${value}n` : typeof value };
  const { ancestors } = around;
  if (ancestors.includes(value)) return { other: "cycle" };
  if (ancestors.length >= DEEPEST) return { other: "deep" };
  ancestors.push(value);
  const list = Array.isArray(value) ? canonicalList(value, name, around) : canonicalObject(value, around);
  ancestors.pop();
  return list;
}

function canonicalList(values: readonly unknown[], name: Name, around: Surroundings): readonly Canonical[] {
  const list: Canonical[] = ["list"];
  for (const value of values) list.push(canonicalValue(value, name, around));
  return list;
}

function canonicalObject(value: object, around: Surroundings): readonly Canonical[] {
  const list: Canonical[] = ["object"];
  for (const key of sortedKeys(value, around)) {
    const inner = (value as Readonly<Record<string, unknown>>)[key];
    const name = nameOf(key, around);
    if (inner === undefined || name.isNoise) continue;
    list.push(key, canonicalValue(inner, name, around));
  }
  return list;
}

function sortedKeys(value: object, around: Surroundings): readonly string[] {
  const given = Object.keys(value);
  const last = around.keys;
  let isSame = given.length === last.given.length;
  for (let index = 0; isSame && index < given.length; index++) isSame = given[index] === last.given[index];
  if (!isSame) around.keys = { given, sorted: given.toSorted() };
  return around.keys.sorted;
}

/** A path in one spelling; any other text as it is. */
function canonicalText(text: string, { isPath }: Name, worktree: string): string {
  if (text.length > LONGEST_PATH || text.includes("\n")) return text;
  // A command may begin with a path, but it is none: "/w/run a/../b" is not "/w/b".
  if (!isPath && (!isInside(text, worktree) || /\s/.test(text))) return text;
  const path = text === "" || UNTIDY.test(text) ? normalize(text).replace(/(?<=.)\/+$/, "") : text;
  return isInside(path, worktree) ? path.slice(worktree.length + 1) || "." : path;
}

function isInside(path: string, worktree: string): boolean {
  return worktree !== "/" && path.startsWith(worktree) && (path[worktree.length] ?? "/") === "/";
}
