/** Tells whether a value is a `T`, as far as the caller reads it. */
export type Check<T> = (value: unknown) => value is T;

/** What a check lets through. */
export type Checked<C> = C extends Check<infer T> ? T : never;

// A schema of `schema.ts` says the same in fewer words, but that is loaded for 8 ms, and each agent's start waits.

export const isText: Check<string> = (value): value is string => typeof value === "string";
export const isNumber: Check<number> = (value): value is number => typeof value === "number";

/** Nothing, or what the check lets through. */
export function orAbsent<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

/** `null`, or what the check lets through. */
export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

export const isFlag: Check<boolean> = (value): value is boolean => typeof value === "boolean";
/** Whatever it is. */
export const isAnything: Check<unknown> = (_value): _value is unknown => true;

/** A list whose members the check lets through. */
export function listOf<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every((member) => check(member));
}

/** One of these words. */
export function oneOf<const W extends string>(...words: readonly W[]): Check<W> {
  return (value): value is W => words.some((word) => word === value);
}

/** An object that has these fields, and possibly more. */
export function shape<Fields extends Record<string, Check<unknown>>>(
  fields: Fields,
): Check<{ readonly [Name in keyof Fields]: Checked<Fields[Name]> }> {
  const checks = Object.entries(fields);
  return (value): value is { readonly [Name in keyof Fields]: Checked<Fields[Name]> } =>
    typeof value === "object" && value !== null && checks.every(([name, check]) => check(Reflect.get(value, name)));
}
