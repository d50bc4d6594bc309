import { z } from "zod";
import { INSTANCE_ID } from "../../supervisor/instance.ts";

const MAX_WAIT_MS = 1_800_000;

/** An instance id, checked before anything is done with it. */
export const instanceId = z
  .string()
  .regex(INSTANCE_ID, 'expected an instance id as bizar_spawn_background gives it: "bgr_" and 26 characters');

/** How long a collect waits, in milliseconds. */
export const timeoutMs = z.number().int().min(1000).max(MAX_WAIT_MS);

/** What came of reading a tool's arguments. */
export type ArgumentsReading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string };

/**
 * Reads a tool's arguments, which the host hands over unchecked. Names that the tool does not know are an
 * error too: a model that misspells `timeoutMs` would otherwise believe that it was heard.
 */
export function readArguments<Shape extends z.ZodRawShape>(
  tool: string,
  shape: Shape,
  given: unknown,
): ArgumentsReading<z.infer<z.ZodObject<Shape>>> {
  const parsed = z.strictObject(shape).safeParse(withoutNull(given));
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.map((issue) => {
    const path = issue.path.join(".");
    return path === "" ? issue.message : `"${path}": ${issue.message} (got ${show(at(given, issue.path))})`;
  });
  const names = Object.keys(shape).join(", ");
  return { ok: false, error: `${tool} takes ${names}. ${problems.join("; ")}. Call it again, corrected.` };
}

/** Some models send `null` for an argument that they leave out. */
function withoutNull(given: unknown): unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given ?? {};
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
