import { createHash } from "node:crypto";
import type { ModelChoice } from "../../supervisor/instance.ts";

/** A hash of what makes an agent what it is: its definition as the server has it, and the model it runs on. */
export function definitionHash(definition: unknown, model: ModelChoice): string {
  const text = JSON.stringify([definition ?? null, model], sortedKeys);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** For `JSON.stringify`: the order of keys says nothing. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
