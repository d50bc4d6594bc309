import { cleanObject } from "./clean-json.ts";
import { findConflict } from "./edit-conflict.ts";
import { changedFields } from "./diff-plans.ts";
import { checkElement } from "./element-operations.ts";
import { applyFields, checkFields, checkId, CONNECTION_RULES, refused, type Refused } from "./operation-checks.ts";
import type { ConnectionChanges, Operation } from "./operations.ts";
import type { Connection } from "./plan.ts";
import type { PlanDraft } from "./plan-draft.ts";
import { LIMITS } from "./plan-limits.ts";

type Of<Name extends Operation["op"]> = Extract<Operation, { op: Name }>;

export function addConnection(draft: PlanDraft, { connection: given }: Of<"add_connection">): string | Refused {
  const refusal = checkFields(CONNECTION_RULES, given) ?? checkId("connection", given.id);
  if (refusal !== undefined) return refusal;
  const { id, from, to } = given;
  const there = draft.connections.get(id);
  if (there !== undefined) {
    if (draft.hasAdded("connection", id) || (there.from === from && there.to === to)) return id;
    return refused("invalid", `There is a connection "${id}" already: choose another id.`);
  }
  const missing = checkElement(draft, from) ?? checkElement(draft, to);
  if (missing !== undefined) return missing;
  if (draft.connections.size >= LIMITS.connections) {
    return refused("too_large", `A plan holds at most ${LIMITS.connections} connections.`);
  }
  draft.connections.set(id, applyFields(cleanObject(given) as Connection, {}, CONNECTION_RULES));
  draft.record("added", "connection", id);
  layOutEnds(draft, from, to);
  return id;
}

export function updateConnection(
  draft: PlanDraft,
  { id, changes: given, base }: Of<"update_connection">,
): string | Refused {
  const refusal =
    checkFields(CONNECTION_RULES, given) ?? (base === undefined ? undefined : checkFields(new Map(), base));
  if (refusal !== undefined) return refusal;
  const before = draft.connections.get(id);
  if (before === undefined) return refused("not_found", `There is no connection ${JSON.stringify(id)} in the plan.`);
  const changes = cleanObject(given) as ConnectionChanges;
  if (changes.id !== undefined && changes.id !== id)
    return refused("invalid", `The id of the connection "${id}" does not change.`);
  const conflict = findConflict(`the connection "${id}"`, before, changes, base);
  if (conflict !== undefined) return conflict;
  const fields = changedFields(before, changes);
  if (fields.length === 0) return id;
  const after = applyFields(before, changes, CONNECTION_RULES);
  const missing = checkElement(draft, after.from) ?? checkElement(draft, after.to);
  if (missing !== undefined) return missing;
  draft.connections.set(id, after);
  draft.record("updated", "connection", id, before, fields);
  layOutEnds(draft, after.from, after.to);
  return id;
}

export function deleteConnection(draft: PlanDraft, { id }: Of<"delete_connection">): string | Refused {
  if (typeof id !== "string") return refused("invalid", "Expected the id of a connection.");
  const before = draft.connections.get(id);
  if (draft.connections.delete(id)) draft.record("deleted", "connection", id, before);
  return id;
}

function layOutEnds(draft: PlanDraft, ...ends: readonly string[]): void {
  if (ends.some((end) => draft.elements.get(end)?.autoPlaced === true)) draft.needsLayout = true;
}
