/** Short enough for a line of a table; it is a word of messages, and of a tool's schema. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/;
/** Mean something where a place is named. */
const RESERVED = ["here", "any"];

/** Why a place elsewhere cannot have this name; `undefined`: it can. */
export function whyNoPlaceName(name: string): string | undefined {
  if (NAME.test(name) && !RESERVED.includes(name)) return undefined;
  return `has a name that no place can have: expected letters, digits, ".", "_" or "-", and not "here" or "any"`;
}

/** What was given, in one short line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** What stands at a path of something that was given. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce(
    (at, key): unknown => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}
