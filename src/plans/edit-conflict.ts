import { isJsonObject } from "./clean-json.ts";
import { refused, type Refused } from "./operation-checks.ts";

/**
 * A text that is no longer as its author saw it, and is not as the author wants it either. Places, sizes and flags are
 * simply the last one's.
 *
 * @param what is changed, for the message
 * @param base what the author saw, by field; fields that it does not name are not asked about
 */
export function findConflict(what: string, now: object, changes: object, base: unknown): Refused | undefined {
  if (!isJsonObject(base)) return undefined;
  const fields = Object.entries(changes)
    .filter(
      ([name, wanted]) =>
        Object.hasOwn(base, name) && isOvertaken(textOf(base[name]), textOf(Reflect.get(now, name)), textOf(wanted)),
    )
    .map(([name]) => name);
  if (fields.length === 0) return undefined;
  const current = Object.fromEntries(Object.keys(changes).map((name) => [name, Reflect.get(now, name) ?? null]));
  return {
    ...refused(
      "conflict",
      `Somebody else has changed ${fields.join(", ")} of ${what} since. Look at what it is now, then decide.`,
    ),
    current,
  };
}

function isOvertaken(seen: string | undefined, now: string | undefined, wanted: string | undefined): boolean {
  return seen !== undefined && now !== undefined && now !== seen && now !== wanted;
}

/** A text that is not there is an empty one; what is no text is not asked about. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : undefined;
}
