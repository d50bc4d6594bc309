import { nearestName } from "../../config/nearest-name.ts";
import { isRecord } from "../../lib/is-record.ts";
import { unreachable } from "../../lib/unreachable.ts";
import { isText, shape } from "../../lib/shape.ts";
import { shorten } from "../../text/shorten.ts";
import type { ArgumentSchema } from "./schema-tool.ts";

/** What a model sent for one argument: what it means, `none` where that is nothing, or in words what was expected. */
export type ArgumentReading =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "none" }
  | { readonly kind: "wrong"; readonly expected: string };

const NONE: ArgumentReading = { kind: "none" };
const NOTHING_IN_WORDS = /^(?:null|undefined|none)?$/i;
const NUMBER = /^([+-]?(?:\d[\d_]*)?\.?\d+(?:e[+-]?\d+)?)\s*([a-z]*)$/i;
const MS_OF: Readonly<Record<string, number>> = { ms: 1, s: 1000, sec: 1000, m: 60_000, min: 60_000, h: 3_600_000 };
const LONG_UNITS: Readonly<Record<string, string>> = {
  ...{ millisecond: "ms", milliseconds: "ms", secs: "s", second: "s", seconds: "s" },
  ...{ mins: "m", minute: "m", minutes: "m", hour: "h", hours: "h" },
};
const FLAGS: Readonly<Record<string, boolean>> = {
  ...{ true: true, yes: true, y: true, on: true, 1: true },
  ...{ false: false, no: false, n: false, off: false, 0: false },
};
/** `1m30s`, `1 hour 5 minutes`. */
const SPAN = /^(?:\d+(?:\.\d+)?\s*[a-z]+[\s,]*){2,}$/i;
const SPAN_PART = /(\d+(?:\.\d+)?)\s*([a-z]+)/gi;
/** An id, or the end of one, with whatever stands around it. */
const IN_LIST = /^\W*(?=\w*\d)\w{6,30}\W*$/;
const PAIRS: Readonly<Record<string, string>> = { '"': '"', "'": "'", "`": "`", "“": "”", "<": ">" };

/** Reads what a model sent for an argument in the one way in which it can be meant. */
export function readArgument(name: string, argument: ArgumentSchema, given: unknown): ArgumentReading {
  if ("areNames" in argument) return readNames(argument.maxItems ?? Infinity, given);
  if (argument.type === "array") return readList(argument.items, given);
  const alone = onlyMember(given);
  switch (argument.type) {
    case "boolean":
      return readFlag(alone);
    case "number":
    case "integer":
      return readNumber(name, argument, alone);
    case "string":
      return readText(argument, alone);
    default:
      return unreachable(argument);
  }
}

/** A list of one stands for its member. */
function onlyMember(given: unknown): unknown {
  return Array.isArray(given) && given.length === 1 ? given[0] : given;
}

type Text = Extract<ArgumentSchema, { readonly type: "string" }>;

function readText(argument: Exclude<Text, { readonly areNames: true }>, given: unknown): ArgumentReading {
  const text = textOf(argument.isModel ? modelName(given) : given);
  if (text === undefined) return wrong("a text");
  const { enum: words, minLength = 0, maxLength = Infinity, isName, isSlug } = argument;
  if (words !== undefined) return readWord(words, text);
  const name = isName ? unquoted(text) : text;
  const said = isSlug ? slugOf(name) : name;
  if (isName && NOTHING_IN_WORDS.test(said)) return NONE;
  if (minLength > 0 && said.trim() === "") return NONE;
  return { kind: "value", value: shorten(said, maxLength) };
}

/** What is no plain words stays as it is: it may be meant for a path. */
function slugOf(name: string): string {
  return /^[\w -]+$/.test(name) ? name.toLowerCase().replaceAll(/[ _]+/g, "-") : name;
}

const isModel = shape({ providerID: isText, modelID: isText });
const isShortModel = shape({ provider: isText, model: isText });

/** A model's name where it was written as the API has it. */
function modelName(given: unknown): unknown {
  if (isModel(given)) return `${given.providerID}/${given.modelID}`;
  return isShortModel(given) ? `${given.provider}/${given.model}` : given;
}

function textOf(given: unknown): string | undefined {
  return typeof given === "string" || typeof given === "number" || typeof given === "boolean"
    ? String(given)
    : undefined;
}

function readWord(words: readonly string[], text: string): ArgumentReading {
  const said = unquoted(text);
  const meant = wordMeant(said, words);
  if (meant !== undefined) return { kind: "value", value: meant };
  if (NOTHING_IN_WORDS.test(said)) return NONE;
  const near = nearestName(said, words);
  return wrong(`one of ${words.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`);
}

/** The word that differs in nothing but case, blanks, `-` and `_`. */
export function wordMeant<const Word extends string>(text: string, words: readonly Word[]): Word | undefined {
  return words.find((word) => word === text) ?? words.find((word) => folded(word) === folded(text));
}

/** A name without what people write differently. */
export function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]+/g, "");
}

function readFlag(given: unknown): ArgumentReading {
  if (typeof given === "boolean") return { kind: "value", value: given };
  const said = unquoted(textOf(given) ?? "?").toLowerCase();
  if (NOTHING_IN_WORDS.test(said)) return NONE;
  return Object.hasOwn(FLAGS, said) ? { kind: "value", value: FLAGS[said] } : wrong("true or false");
}

type Amount = Extract<ArgumentSchema, { readonly type: "number" | "integer" }>;

function readNumber(name: string, { type, minimum, maximum }: Amount, given: unknown): ArgumentReading {
  if (typeof given === "string" && NOTHING_IN_WORDS.test(unquoted(given))) return NONE;
  const number =
    typeof given === "number" ? given : numberIn(typeof given === "string" ? given : "", name.endsWith("Ms"));
  const whole = type === "integer" ? Math.round(number) : number;
  const value = Math.min(maximum ?? Infinity, Math.max(minimum ?? -Infinity, whole));
  if (Number.isFinite(value)) return { kind: "value", value };
  return wrong(type === "integer" ? "a whole number" : "a number");
}

/** A number that was written as a text; `NaN` where it is none. */
function numberIn(text: string, isTime: boolean): number {
  if (isTime && SPAN.test(unquoted(text))) {
    return [...text.matchAll(SPAN_PART)].reduce((sum, [, digits, unit = ""]) => sum + Number(digits) * msOf(unit), 0);
  }
  const [, digits = "", unit = ""] = NUMBER.exec(unquoted(text)) ?? [];
  const number = digits === "" ? Number.NaN : Number(digits.replaceAll("_", ""));
  const word = unit.toLowerCase();
  if (word === "" || (word === "px" && !isTime)) return number;
  return isTime ? number * msOf(word) : Number.NaN;
}

function msOf(unit: string): number {
  const word = unit.toLowerCase();
  return MS_OF[LONG_UNITS[word] ?? word] ?? Number.NaN;
}

function readList(items: object, given: unknown): ArgumentReading {
  const list = listIn(given) ?? (isRecord(given) ? [given] : undefined);
  if (list !== undefined) return list.length === 0 ? NONE : { kind: "value", value: list };
  // Of texts, one of them is a list of one; lines are several.
  const isOfTexts = Reflect.get(items, "type") === "string";
  if (typeof given !== "string" || (!isOfTexts && given.trim() !== "")) return wrong("a list");
  const lines = given.split("\n").filter((line) => line.trim() !== "");
  return lines.length === 0 ? NONE : { kind: "value", value: lines };
}

/** A list, also as its JSON text. */
function listIn(given: unknown): readonly unknown[] | undefined {
  if (Array.isArray(given)) return given;
  const parsed = typeof given === "string" ? fromJson(given) : undefined;
  if (Array.isArray(parsed)) return parsed;
  return isRecord(parsed) ? [parsed] : undefined;
}

function readNames(most: number, given: unknown): ArgumentReading {
  const members = listIn(given) ?? (textOf(given) === undefined ? undefined : split(String(given)));
  const names = members?.map(textOf);
  if (names === undefined || names.includes(undefined)) return wrong("one id or a list of ids");
  const said = names.map((name) => unquoted(name ?? "")).filter((name) => !NOTHING_IN_WORDS.test(name));
  if (said.length > most) return wrong(`at most ${most} ids`);
  return said.length === 0 ? NONE : { kind: "value", value: [...new Set(said)] };
}

/** The ids of a list that was written as a text, not in JSON. What is none of ids is one name: titles have commas. */
function split(text: string): readonly string[] {
  const inner = /^\s*\[([\s\S]*)\]\s*$/.exec(text)?.[1] ?? text;
  const ids = inner.split(/[\s,;]+/).filter((id) => id !== "");
  return ids.every((id) => IN_LIST.test(id)) ? ids : [inner];
}

/** A name without the blanks and quotes around it. */
export function unquoted(text: string): string {
  const name = text.trim();
  const closing = Object.hasOwn(PAIRS, name.charAt(0)) ? PAIRS[name.charAt(0)] : undefined;
  if (closing !== undefined && name.length > 1 && name.endsWith(closing)) return unquoted(name.slice(1, -1));
  const [only, ...others] = /^\[\s*["'][\s\S]*\]$/.test(name) ? split(name) : [];
  return only === undefined || others.length > 0 ? name : unquoted(only);
}

/** What a text says as JSON; `undefined` where it is none. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrong(expected: string): ArgumentReading {
  return { kind: "wrong", expected };
}
