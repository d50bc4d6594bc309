import { isJsonObject, type JsonObject } from "./clean-json.ts";
import { clamp, LIMITS } from "./plan-limits.ts";

/** Ids as they are, or new ones for those that are missing or taken. */
export class UniqueIds {
  readonly #taken = new Set<string>();

  constructor(private readonly prefix: string) {}

  take(wanted: unknown): string {
    const base = typeof wanted === "string" && wanted !== "" ? wanted : `${this.prefix}${this.#taken.size + 1}`;
    let id = base;
    for (let copy = 2; this.#taken.has(id); copy += 1) id = `${base}_${copy}`;
    this.#taken.add(id);
    return id;
  }
}

export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export function text(value: unknown): string {
  if (typeof value === "string") return value;
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
