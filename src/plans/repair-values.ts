import { isJsonObject, type JsonObject } from "./clean-json.ts";
import { clamp, LIMITS } from "./plan-limits.ts";

/** An id that needs no repair, behind its prefix. Others hold words that would be told in the plugin's own voice. */
const ID_TAIL = /^[A-Za-z0-9_-]{1,64}$/;

/** Ids of one kind as they are, or others of their pattern for those that are missing, taken or no ids. */
export class UniqueIds {
  readonly #taken = new Set<string>();
  readonly #renamed = new Map<string, string>();

  constructor(private readonly prefix: string) {}

  take(wanted: unknown): string {
    const base = this.#base(wanted);
    let id = base;
    for (let copy = 2; this.#taken.has(id); copy += 1) id = `${base.slice(0, this.prefix.length + 56)}_${copy}`;
    this.#taken.add(id);
    if (typeof wanted === "string" && !this.#renamed.has(wanted)) this.#renamed.set(wanted, id);
    return id;
  }

  /** The id of what another part of the file calls so; `undefined` where there is nothing of that name. */
  find(name: unknown): string | undefined {
    return typeof name === "string" ? this.#renamed.get(name) : undefined;
  }

  #base(wanted: unknown): string {
    const given = typeof wanted === "string" ? wanted : "";
    const tail = given.startsWith(this.prefix) ? given.slice(this.prefix.length) : given;
    if (given.startsWith(this.prefix) && ID_TAIL.test(tail)) return given;
    const letters = tail.replaceAll(/[^A-Za-z0-9_-]+/g, "-").replaceAll(/^-+|-+$/g, "");
    return `${this.prefix}${letters.slice(0, 56) || this.#taken.size + 1}`;
  }
}

export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** A text without what no text holds: NUL, and halves of characters. */
export function text(value: unknown): string {
  if (typeof value === "string") {
    return value.includes("\0") || !value.isWellFormed() ? value.replaceAll("\0", "").toWellFormed() : value;
  }
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** The number that a value is or spells. */
export function number(value: unknown, otherwise: number): number {
  const spelled = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof spelled === "number" && Number.isFinite(spelled) ? spelled : otherwise;
}

export function coordinate(value: unknown, otherwise: number): number {
  return clamp(number(value, otherwise), -LIMITS.coordinate, LIMITS.coordinate);
}

/** The object without those of the keys of which the value is not as it should be. */
export function dropUnless<T extends JsonObject>(value: T, checks: Record<string, (member: unknown) => boolean>): T {
  const kept = Object.entries(value).filter(([key, member]) => !Object.hasOwn(checks, key) || checks[key]?.(member));
  return Object.fromEntries(kept) as T;
}

/** An ISO 8601 time, in UTC, so that two of them compare as texts. */
export function isMoment(value: unknown): value is string {
  return (
    typeof value === "string" &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}
