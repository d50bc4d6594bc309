import { isJsonObject } from "./clean-json.ts";
import { addComment, deleteComment, replyToComment, updateComment } from "./comment-operations.ts";
import { addConnection, deleteConnection, updateConnection } from "./connection-operations.ts";
import { findConflict } from "./edit-conflict.ts";
import { addElement, deleteElement, updateElement } from "./element-operations.ts";

import { checkFields, checkValue, planTitle, refused, VIEWPORT_RULES, type Refused } from "./operation-checks.ts";
import type { Operation, OperationRefusal } from "./operations.ts";
import type { Author, Plan } from "./plan.ts";
import { placeElements } from "./place-elements.ts";
import { PlanDraft } from "./plan-draft.ts";

export type Applied =
  | {
      readonly ok: true;
      /** With the next revision; the same object as before where nothing changed. */
      readonly plan: Plan;
      /** The ids that were made or changed, one an operation. */
      readonly ids: readonly string[];
    }
  | { readonly ok: false; readonly refusal: OperationRefusal };

/**
 * Does all of the operations, or none.
 *
 * @param operations from a page or an agent: looked at, whatever their type says
 * @param now ISO 8601
 */
export function applyOperations(plan: Plan, author: Author, operations: readonly Operation[], now: string): Applied {
  const draft = new PlanDraft(plan, author, now);
  const ids: string[] = [];
  for (const [index, operation] of operations.entries()) {
    const done = isJsonObject(operation)
      ? apply(draft, operation)
      : refused("invalid", "Expected an operation: an object with the key op.");
    if (typeof done !== "string") return { ok: false, refusal: { ...done, index } };
    ids.push(done);
  }
  if (draft.needsLayout) {
    for (const [id, place] of placeElements([...draft.elements.values()], [...draft.connections.values()])) {
      const element = draft.elements.get(id);
      if (element !== undefined) draft.elements.set(id, { ...element, ...place });
    }
  }
  return { ok: true, plan: draft.finish(), ids };
}

/** @returns the id of what was made or changed, or why it was not */
function apply(draft: PlanDraft, operation: Operation): string | Refused {
  switch (operation.op) {
    case "add_element":
      return addElement(draft, operation);
    case "update_element":
      return updateElement(draft, operation);
    case "delete_element":
      return deleteElement(draft, operation);
    case "add_connection":
      return addConnection(draft, operation);
    case "update_connection":
      return updateConnection(draft, operation);
    case "delete_connection":
      return deleteConnection(draft, operation);
    case "add_comment":
      return addComment(draft, operation);
    case "update_comment":
      return updateComment(draft, operation);
    case "delete_comment":
      return deleteComment(draft, operation);
    case "reply_to_comment":
      return replyToComment(draft, operation);
    case "set_title":
      return setTitle(draft, operation);
    case "set_viewport":
      return setViewport(draft, operation.viewport);
    default:
      return unknownOperation(operation);
  }
}

function setTitle(draft: PlanDraft, { title, base }: Extract<Operation, { op: "set_title" }>): string | Refused {
  const refusal =
    checkValue("title", planTitle, title) ?? findConflict("the plan", { title: draft.title }, { title }, base);
  if (refusal !== undefined) return refusal;
  if (title !== draft.title) draft.touch({ title });
  return "title";
}

function setViewport(draft: PlanDraft, viewport: Plan["viewport"]): string | Refused {
  const refusal = checkFields(VIEWPORT_RULES, viewport);
  if (refusal !== undefined) return refusal;
  const { x, y, zoom } = viewport;
  if (x === undefined || y === undefined || zoom === undefined) {
    return refused("invalid", "Expected a viewport with x, y and zoom.");
  }
  const now = draft.viewport;
  if (x !== now.x || y !== now.y || zoom !== now.zoom) draft.touch({ viewport: { ...now, x, y, zoom } });
  return "viewport";
}

function unknownOperation(operation: never): Refused {
  const op: unknown = Reflect.get(operation, "op");
  return refused("invalid", `Expected one of the operations of a plan as op, got ${JSON.stringify(op)}.`);
}
