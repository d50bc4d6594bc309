export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy of parsed JSON, each key an own property, whatever it is called; `__proto__` is left out at every depth. */
export function cleanJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleanJson);
  return isJsonObject(value) ? cleanObject(value) : value;
}

/** {@link cleanJson} of an object. */
export function cleanObject(value: JsonObject): JsonObject {
  const entries = Object.entries(value).filter(([key]) => key !== "__proto__");
  return Object.fromEntries(entries.map(([key, member]) => [key, cleanJson(member)]));
}

/** Whether lists and objects are nested deeper than that. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}

/** A copy without some of its keys. */
export function without<T extends object>(value: T, ...keys: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) as Partial<T>;
}
