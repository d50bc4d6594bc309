import type { Operation } from "../../plans/operations.ts";
import { ELEMENT_TYPES } from "../../plans/element-kinds.ts";
import { PLAN_STATUSES, type Plan, type PlanElement } from "../../plans/plan.ts";
import type { PlanActionArguments } from "./plan-action.ts";
import { TEXT_FIELDS } from "./overwritten-texts.ts";
import { elementIdOf, findComment, findConnection, findElement, type Named } from "./plan-names.ts";
import { wordMeant } from "./read-argument.ts";
import { unreachable } from "../../lib/unreachable.ts";

export const ELEMENT_FIELDS = ["type", "x", "y", "width", "height", "done", "section", ...TEXT_FIELDS] as const;

type ElementWords = Pick<PlanActionArguments, "type" | "title" | "content">;

/** One change of a plan, and the ids that the answer names. */
export interface PlanOperation {
  readonly operation: Operation;
  readonly ids: Readonly<Record<string, string>>;
}

/**
 * The arguments with ids for what an agent calls by another name.
 *
 * @returns in words what a name leaves open
 */
export function withIds(given: PlanActionArguments, plan: Plan): PlanActionArguments | string {
  const { action, elementId, connectionId, commentId, from, to } = given;
  const isNew = { element: action === "add_element", connection: action === "add_connection" };
  const found: Record<string, Named | undefined> = {
    ...(elementId !== undefined && !isNew.element && { elementId: findElement(plan, elementId) }),
    ...(connectionId !== undefined && !isNew.connection && { connectionId: findConnection(plan, connectionId) }),
    ...(commentId !== undefined && { commentId: findComment(plan, commentId) }),
    ...(from !== undefined && { from: findElement(plan, from) }),
    ...(to !== undefined && { to: findElement(plan, to) }),
  };
  const ids: Record<string, string> = {};
  const wrong: string[] = [];
  for (const [name, one] of Object.entries(found)) {
    if (one === undefined) continue;
    if ("id" in one) ids[name] = one.id;
    else wrong.push(one.wrong);
  }
  return wrong.length === 0 ? { ...given, ...ids } : wrong.join(" ");
}

/**
 * The operation that an action asks for.
 *
 * @param plan as it was a moment ago
 * @returns in words what is missing, where something is
 */
export function planOperation(given: PlanActionArguments, plan: Plan): PlanOperation | string {
  const { action, elementId, connectionId, commentId } = given;
  switch (action) {
    case "add_element": {
      const wrong = wrongElement(given);
      if (wrong !== undefined) return wrong;
      const id = elementId === undefined ? newId("el") : elementIdOf(elementId);
      const element = { type: "text", ...elementFields(given), id };
      return { operation: { op: "add_element", element }, ids: { elementId: id } };
    }
    case "update_element": {
      if (elementId === undefined) return missing(action, "elementId");
      const changes = elementFields(given);
      if (!isKnownType(given.type)) return unknownType(given.type);
      if (Object.keys(changes).length === 0)
        return `update_element takes at least one of ${ELEMENT_FIELDS.join(", ")}.`;
      const now = plan.elements.find(({ id }) => id === elementId);
      const base = now === undefined ? {} : textsOf(now);
      return { operation: { op: "update_element", id: elementId, changes, base }, ids: { elementId } };
    }
    case "delete_element":
      if (elementId === undefined) return missing(action, "elementId");
      return { operation: { op: "delete_element", id: elementId }, ids: { elementId } };
    case "add_connection": {
      const { from, to, label, type } = given;
      if (from === undefined || to === undefined) return missing(action, "from and to");
      const id = connectionId ?? newId("conn");
      const connection = { id, from, to, ...present({ label, type }) };
      return { operation: { op: "add_connection", connection }, ids: { connectionId: id, from, to } };
    }
    case "delete_connection":
      if (connectionId === undefined) return missing(action, "connectionId");
      return { operation: { op: "delete_connection", id: connectionId }, ids: { connectionId } };
    case "add_comment": {
      const { text, x, y } = given;
      if (text === undefined) return missing(action, "text");
      const id = newId("c");
      const comment = { id, elementId: elementId ?? null, text, ...present({ x, y }) };
      return { operation: { op: "add_comment", comment }, ids: { commentId: id } };
    }
    case "reply_to_comment": {
      const { text } = given;
      if (commentId === undefined || text === undefined) return missing(action, "commentId and text");
      const id = newId("r");
      return { operation: { op: "reply_to_comment", commentId, reply: { id, text } }, ids: { commentId, replyId: id } };
    }
    case "get_canvas":
    case "set_status":
    case "draw":
      throw new Error(`${action} is not one operation.`);
    default:
      return unreachable(action);
  }
}

/** Arguments with the words that a plan has for types and statuses, however they were written. */
export function inPlanWords<T extends { readonly type?: string | undefined; readonly status?: string | undefined }>(
  given: T,
): T {
  const { type, status } = given;
  return {
    ...given,
    ...(type === undefined ? {} : { type: wordMeant(type, ELEMENT_TYPES) ?? type }),
    ...(status === undefined ? {} : { status: wordMeant(status, PLAN_STATUSES) ?? status }),
  };
}

/** What keeps an element from being one that a person can read. */
export function wrongElement({ type, title, content }: ElementWords): string | undefined {
  if (!isKnownType(type)) return unknownType(type);
  if ((title ?? "").trim() !== "" || (content ?? "").trim() !== "") return undefined;
  return "add_element takes a title, a content, or both: an element without any text says nothing. Call it again with one.";
}

function isKnownType(type: string | undefined): boolean {
  return type === undefined || ELEMENT_TYPES.some((known) => known === type);
}

function unknownType(type: string | undefined): string {
  return `Expected type to be one of ${ELEMENT_TYPES.join(", ")}, got ${JSON.stringify(type?.slice(0, 64))}.`;
}

export function elementFields(given: { readonly [Name in (typeof ELEMENT_FIELDS)[number]]?: unknown }): Partial<
  Pick<PlanElement, (typeof ELEMENT_FIELDS)[number]>
> {
  return present(Object.fromEntries(ELEMENT_FIELDS.map((name) => [name, given[name]])));
}

function textsOf(element: PlanElement): Record<string, string> {
  return Object.fromEntries(TEXT_FIELDS.map((name) => [name, element[name] ?? ""]));
}

function present<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function missing(action: string, names: string): string {
  return `${action} takes ${names}. Call it again with ${names.includes(" ") ? "them" : "it"}.`;
}

/** Short, since models copy ids letter by letter. */
export function newId(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
}
