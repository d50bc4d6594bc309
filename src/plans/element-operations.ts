import { cleanObject, without } from "./clean-json.ts";
import { changedFields } from "./diff-plans.ts";
import { findConflict } from "./edit-conflict.ts";
import { estimateSize } from "./element-size.ts";
import {
  applyFields,
  checkContent,
  checkFields,
  checkId,
  ELEMENT_RULES,
  refused,
  type Refused,
} from "./operation-checks.ts";
import type { ElementChanges, Operation } from "./operations.ts";
import { authorName, isAnsweredByPerson, type PlanElement } from "./plan.ts";
import type { PlanDraft } from "./plan-draft.ts";
import { LIMITS } from "./plan-limits.ts";

type Of<Name extends Operation["op"]> = Extract<Operation, { op: Name }>;

export function addElement(draft: PlanDraft, { element: given }: Of<"add_element">): string | Refused {
  const refusal = checkFields(ELEMENT_RULES, given) ?? checkId("element", given.id);
  if (refusal !== undefined) return refusal;
  const { id } = given;
  if (draft.elements.has(id)) {
    return draft.hasAdded("element", id)
      ? id
      : refused("invalid", `There is an element "${id}" already: choose another id.`);
  }
  if (typeof given.type !== "string") return refused("invalid", `Expected the element "${id}" to have a type.`);
  if (draft.elements.size >= LIMITS.elements) {
    return refused(
      "too_large",
      `A plan holds at most ${LIMITS.elements} elements. Delete some, or begin another plan.`,
    );
  }
  const made = makeElement(without(cleanObject(given), "answeredBy"), id, given.type);
  const element = made.answer === undefined ? made : signed(made, draft);
  const fault = checkContent(element);
  if (fault !== undefined) return fault;
  draft.elements.set(id, element);
  draft.record("added", "element", id);
  if (element.autoPlaced === true) draft.needsLayout = true;
  return id;
}

function makeElement(given: ElementChanges, id: string, type: string): PlanElement {
  const texts = { title: given.title ?? "", content: given.content ?? "" };
  const size = estimateSize({ type, ...texts }, given.width);
  const isPlaced = given.x !== undefined && given.y !== undefined;
  const element = {
    ...size,
    ...given,
    ...texts,
    id,
    type,
    x: given.x ?? 0,
    y: given.y ?? 0,
    autoPlaced: isPlaced ? null : true,
  };
  return applyFields(element, {}, ELEMENT_RULES) as PlanElement;
}

export function updateElement(draft: PlanDraft, { id, changes: given, base }: Of<"update_element">): string | Refused {
  const refusal = checkFields(ELEMENT_RULES, given) ?? (base === undefined ? undefined : checkFields(new Map(), base));
  if (refusal !== undefined) return refusal;
  const before = draft.elements.get(id);
  if (before === undefined) return missing(id);
  const changes = without(cleanObject(given), "answeredBy") as ElementChanges;
  if (changes.id !== undefined && changes.id !== id)
    return refused("invalid", `The id of the element "${id}" does not change.`);
  const conflict = findConflict(`the element "${id}"`, before, changes, base);
  if (conflict !== undefined) return conflict;
  const isAnswered = "answer" in changes && isAnswerAnother(before, changes, draft);
  const fields = [...new Set([...changedFields(before, changes), ...(isAnswered ? ["answer"] : [])])];
  if (fields.length === 0) return id;
  const applied = applyFields(before, changes, ELEMENT_RULES);
  const placed = withPlace(isAnswered ? signed(applied, draft) : applied, changes);
  const element = withSize(resized(before, placed, changes), changes, draft);
  // What a hand has written into the file keeps nobody from moving it.
  const isOther = fields.includes("type") || fields.includes("content");
  const fault = isOther ? checkContent(element) : undefined;
  if (fault !== undefined) return fault;
  draft.elements.set(id, element);
  draft.record("updated", "element", id, before, fields);
  const isResized = element.width !== before.width || element.height !== before.height;
  if (element.autoPlaced === true && (isResized || before.autoPlaced !== true)) draft.needsLayout = true;
  return id;
}

/** A person who gives an agent's answer again makes it their own; an agent does nothing by giving a person's again. */
function isAnswerAnother(before: PlanElement, { answer }: ElementChanges, { author }: PlanDraft): boolean {
  if ((answer ?? "") !== (before.answer ?? "")) return true;
  return author.kind === "person" && (answer ?? "") !== "" && !isAnsweredByPerson(before);
}

/** The element with the name of who answers, or with none where the answer is taken back. */
function signed(element: PlanElement, { author }: PlanDraft): PlanElement {
  if ((element.answer ?? "") === "") return without(element, "answeredBy") as PlanElement;
  return { ...element, answeredBy: authorName(author) };
}

/** What somebody has put somewhere stays there. */
function withPlace(element: PlanElement, changes: ElementChanges): PlanElement {
  if (changes.x === undefined && changes.y === undefined) return element;
  return without(element, "autoPlaced") as PlanElement;
}

/** What a person has sized stays so; what an agent sizes was measured by nobody. */
function withSize(element: PlanElement, changes: ElementChanges, { author }: PlanDraft): PlanElement {
  if (author.kind !== "person" || (changes.width === undefined && changes.height === undefined)) return element;
  return { ...element, ownSize: true };
}

/** An element that nobody has placed or sized grows with its text. */
function resized(before: PlanElement, after: PlanElement, changes: ElementChanges): PlanElement {
  if (after.autoPlaced !== true || changes.height !== undefined) return after;
  if (before.height !== estimateSize(before, before.width).height) return after;
  return { ...after, height: estimateSize(after, after.width).height };
}

export function deleteElement(draft: PlanDraft, { id }: Of<"delete_element">): string | Refused {
  const element = draft.elements.get(id);
  if (element === undefined) return typeof id === "string" ? id : missing(id);
  draft.elements.delete(id);
  draft.record("deleted", "element", id, element);
  for (const connection of [...draft.connections.values()]) {
    if (connection.from !== id && connection.to !== id) continue;
    draft.connections.delete(connection.id);
    draft.record("deleted", "connection", connection.id, connection);
  }
  for (const comment of [...draft.comments.values()]) {
    if (comment.elementId !== id) continue;
    const place = { x: element.x + (comment.x ?? 0), y: element.y + (comment.y ?? 0) };
    draft.comments.set(comment.id, { ...comment, ...place, elementId: null });
  }
  return id;
}

function missing(id: unknown): Refused {
  return refused(
    "not_found",
    `There is no element ${JSON.stringify(id)} in the plan. Read the canvas for those that are.`,
  );
}

/** Whether there is an element of that id. */
export function checkElement(draft: PlanDraft, id: unknown): Refused | undefined {
  return typeof id === "string" && draft.elements.has(id) ? undefined : missing(id);
}
