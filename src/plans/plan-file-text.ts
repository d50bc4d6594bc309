import { createHash } from "node:crypto";
import { cleanObject, isDeeperThan, isJsonObject, without, type JsonObject } from "./clean-json.ts";
import { cutPlan, hasTooManyValues } from "./cut-plan.ts";
import { findJsonFault } from "./json-position.ts";
import type { Plan, PlanMeta } from "./plan.ts";
import { problem } from "./plan-problems.ts";
import type { Result } from "./plan-store-port.ts";
import { repairMeta } from "./repair-meta.ts";
import { repairPlan } from "./repair-plan.ts";

/** More than operations let through, and less than any stack holds. */
const MOST_LEVELS = 100;

/** A `plan.json` that was read. */
export interface ReadPlan {
  readonly plan: Plan;
  /** Nobody has changed the file since a store wrote it. */
  readonly isAsWritten: boolean;
  /** What of the file was left out, in words. */
  readonly cut: string | undefined;
}

/**
 * `plan.json` of a plan. Its `digest` tells what a store wrote from what somebody changed by hand; being in the same file,
 * it cannot be of another moment than the rest.
 */
export function writePlanText(plan: Plan): string {
  return `${JSON.stringify({ ...plan, digest: digestOf(plan) }, null, 2)}\n`;
}

export function writeMetaText(meta: PlanMeta): string {
  return `${JSON.stringify(meta, null, 2)}\n`;
}

/** @param path what a problem calls the file */
export async function parsePlanText(path: string, text: string): Promise<Result<ReadPlan>> {
  const parsed = await parseObject(path, text, cutPlan);
  if (!parsed.ok) return parsed;
  const content = without(parsed.value.value, "digest");
  const version = content.schemaVersion ?? 1;
  if (typeof version === "number" && version > 2) {
    return problem(
      "newer",
      `${path} is of schema ${version}, this Bizar knows 2: update Bizar. The file is left as it is.`,
    );
  }
  if (![content.elements, content.connections, content.comments].some(Array.isArray)) {
    return problem("broken", `${path} is no plan: expected a list "elements". Mend it, or delete the plan.`);
  }
  const { value, cut } = parsed.value;
  const isAsWritten = cut === undefined && value.digest === digestOf(content);
  return { ok: true, value: { plan: repairPlan(content), isAsWritten, cut } };
}

/** @param plan whose meta it is, for what it lacks */
export async function parseMetaText(path: string, text: string, plan: Plan): Promise<Result<PlanMeta>> {
  const parsed = await parseObject(path, text, (value) => ({ value }));
  return parsed.ok ? { ok: true, value: repairMeta(parsed.value.value, plan) } : parsed;
}

/** @param cut what is read of the object, before anything is done with every value in it */
async function parseObject<Cut extends { readonly value: JsonObject }>(
  path: string,
  text: string,
  cut: (value: JsonObject) => Cut,
): Promise<Result<Cut>> {
  const json = text.replace(/^\uFEFF/, "");
  if (hasTooManyValues(json)) {
    return problem("broken", `${path} holds more values than a plan can have. Mend it, or delete the plan.`);
  }
  try {
    const value: unknown = JSON.parse(json);
    if (!isJsonObject(value)) {
      return problem("broken", `${path} is no plan: expected an object in JSON. Mend it, or delete the plan.`);
    }
    const kept = cut(value);
    if (isDeeperThan(kept.value, MOST_LEVELS)) {
      return problem("broken", `${path} is nested more than ${MOST_LEVELS} deep.`);
    }
    return { ok: true, value: { ...kept, value: cleanObject(kept.value) } };
  } catch (error) {
    // Too deep a nesting is no syntax error, and has no position.
    const fault = error instanceof SyntaxError ? await findJsonFault(json) : undefined;
    const where = fault === undefined ? "" : ` at line ${fault.line}, column ${fault.column} (${fault.fault})`;
    return problem("broken", `${path} is not JSON${where}. Mend it; it is left as it is until then.`);
  }
}

/** Of the content, not of its form: an editor may indent it in another way. */
function digestOf(content: object): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
}
