import { isDeeperThan, isJsonObject, type JsonObject } from "./clean-json.ts";
import { hasPicture } from "./element-kinds.ts";
import type { OperationRefusal } from "./operations.ts";
import { LIMITS } from "./plan-limits.ts";

/** Why one operation is not done; which one it was, its caller knows. */
export type Refused = Omit<OperationRefusal, "index">;

/** What was expected of a value, where it is not so. */
type Rule = (value: unknown) => string | undefined;

const ID_PREFIXES = { element: "el_", connection: "conn_", comment: "c_", reply: "r_" } as const;
const ID_TAIL = /^[A-Za-z0-9_-]{1,64}$/;
const IMAGE_URL = /^data:image\/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]/;

/** What may be said of an element. An optional field is taken back with `null`. */
export const ELEMENT_RULES: ReadonlyMap<string, Rule> = new Map([
  ["type", filledText(64)],
  ["x", within(-LIMITS.coordinate, LIMITS.coordinate)],
  ["y", within(-LIMITS.coordinate, LIMITS.coordinate)],
  ["width", within(LIMITS.smallestSide, LIMITS.largestSide)],
  ["height", within(LIMITS.smallestSide, LIMITS.largestSide)],
  ["title", text(LIMITS.titleLength)],
  // How much that is depends on the type: see checkContent.
  ["content", text(LIMITS.imageLength)],
  ["done", orNull(flag)],
  ["answer", orNull(text(LIMITS.contentLength))],
  ["language", orNull(text(64))],
  ["section", orNull(text(200))],
  ["autoPlaced", orNull(flag)],
  ["ownSize", orNull(flag)],
]);

export const CONNECTION_RULES: ReadonlyMap<string, Rule> = new Map([
  ["from", filledText(200)],
  ["to", filledText(200)],
  ["label", orNull(text(LIMITS.titleLength))],
  ["type", orNull(text(64))],
]);

export const COMMENT_RULES: ReadonlyMap<string, Rule> = new Map([
  ["x", orNull(within(-LIMITS.coordinate, LIMITS.coordinate))],
  ["y", orNull(within(-LIMITS.coordinate, LIMITS.coordinate))],
  ["elementId", orNull(filledText(200))],
  ["resolved", orNull(flag)],
  ["quote", orNull(quote)],
  ["suggestion", orNull(text(LIMITS.remarkLength))],
]);

export const VIEWPORT_RULES: ReadonlyMap<string, Rule> = new Map([
  ["x", within(-1e9, 1e9)],
  ["y", within(-1e9, 1e9)],
  ["zoom", within(0.01, 100)],
]);

export const remark: Rule = filledText(LIMITS.remarkLength);
export const planTitle: Rule = filledText(LIMITS.titleLength);

export function refused(reason: Refused["reason"], message: string): Refused {
  return { reason, message };
}

/** Checks a new thing's id. */
export function checkId(kind: keyof typeof ID_PREFIXES, id: unknown): Refused | undefined {
  const prefix = ID_PREFIXES[kind];
  if (typeof id === "string" && id.startsWith(prefix) && ID_TAIL.test(id.slice(prefix.length))) return undefined;
  return refused(
    "invalid",
    `Expected the id of a new ${kind} as "${prefix}" and 1 to 64 letters, digits, _ or -, got ${show(id)}.`,
  );
}

/** Checks each of the known fields that is there. Others are kept as they are, unless they are nested too deep. */
export function checkFields(rules: ReadonlyMap<string, Rule>, fields: unknown): Refused | undefined {
  if (!isJsonObject(fields)) return refused("invalid", `Expected an object of fields, got ${show(fields)}.`);
  if (isDeeperThan(fields, LIMITS.depth))
    return refused("invalid", `Expected fields nested at most ${LIMITS.depth} deep.`);
  for (const [name, value] of Object.entries(fields)) {
    const refusal = checkValue(name, rules.get(name), value);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

export function checkValue(name: string, rule: Rule | undefined, value: unknown): Refused | undefined {
  const expected = rule?.(value);
  return expected === undefined
    ? undefined
    : refused("invalid", `Expected ${name} to be ${expected}, got ${show(value)}.`);
}

/** Checks what depends on more than one field of an element. */
export function checkContent({
  type,
  content,
}: {
  readonly type: string;
  readonly content: string;
}): Refused | undefined {
  if (hasPicture({ type })) {
    if (content === "" || IMAGE_URL.test(content)) return undefined;
    return refused(
      "invalid",
      `Expected the content of an image to be a data:image/… URL (png, jpeg, gif, webp, avif or svg+xml), got ${show(content)}.`,
    );
  }
  return checkValue("content", text(LIMITS.contentLength), content);
}

/** Fields without those that are taken back, of which the old value goes too. */
export function applyFields<T extends JsonObject>(value: T, changes: JsonObject, rules: ReadonlyMap<string, Rule>): T {
  const entries = Object.entries({ ...value, ...changes });
  return Object.fromEntries(
    entries.filter(([name, member]) => member !== undefined && !(member === null && rules.has(name))),
  ) as T;
}

function show(value: unknown): string {
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > 80 ? `${shown.slice(0, 80)}… (${shown.length} characters)` : shown;
}

function within(least: number, most: number): Rule {
  return (value) =>
    typeof value === "number" && value >= least && value <= most ? undefined : `a number from ${least} to ${most}`;
}

function text(most: number): Rule {
  return (value) => (isText(value) && value.length <= most ? undefined : `a text of at most ${most} characters`);
}

function filledText(most: number): Rule {
  return (value) =>
    isText(value) && value.trim() !== "" && value.length <= most ? undefined : `a text of 1 to ${most} characters`;
}

/** NUL and halves of characters are no text: no page shows them, and some programs stop at them. */
function isText(value: unknown): value is string {
  return typeof value === "string" && !value.includes("\0") && value.isWellFormed();
}

function flag(value: unknown): string | undefined {
  return typeof value === "boolean" ? undefined : "true or false";
}

function quote(value: unknown): string | undefined {
  const isQuote =
    isJsonObject(value) &&
    isText(value.text) &&
    value.text.length <= LIMITS.remarkLength &&
    (value.offset === undefined || typeof value.offset === "number");
  return isQuote ? undefined : "an object with a text, and an offset where it is known";
}

function orNull(rule: Rule): Rule {
  return (value) => {
    const expected = value === null || value === undefined ? undefined : rule(value);
    return expected === undefined ? undefined : `${expected}, or null`;
  };
}
