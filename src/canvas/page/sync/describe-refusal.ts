import type { Operation, OperationRefusal } from "../../../plans/operations.ts";
import type { Plan } from "../../../plans/plan.ts";

/** A text whose element is gone, as an element to add anew. */
export interface LostElement {
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly content: string;
}

/** What the person is told of an edit that was not done. */
export type NoticeContent =
  /** Somebody else changed the same text: the person chooses. */
  | {
      readonly kind: "conflict";
      readonly what: "element" | "connection";
      readonly id: string;
      readonly title: string;
      readonly mine: Readonly<Record<string, string>>;
      readonly theirs: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "conflict";
      readonly what: "plan";
      readonly title: string;
      readonly mine: { readonly title: string };
      readonly theirs: { readonly title: string };
    }
  /** What the person wrote into is gone: it can be added anew. */
  | { readonly kind: "lost"; readonly title: string; readonly element: LostElement }
  | { readonly kind: "failure"; readonly message: string; readonly operations?: readonly Operation[] }
  | { readonly kind: "info"; readonly message: string };

export function describeRefusal(
  operations: readonly Operation[],
  refusal: OperationRefusal,
  plan: Plan,
): NoticeContent {
  const operation = operations[refusal.index];
  if (refusal.reason === "conflict" && operation !== undefined) {
    const conflict = conflictOf(operation, refusal.current ?? {}, plan);
    if (conflict !== null) return conflict;
  }
  if (refusal.reason === "not_found" && operation?.op === "update_element") {
    const texts = textsOf(operation.changes);
    if (Object.keys(texts).length > 0)
      return { kind: "lost", title: texts["title"] ?? "", element: lostElement(texts) };
  }
  return { kind: "failure", message: refusal.message, operations };
}

/** An element for a text whose own element is gone. */
export function lostElement(texts: Readonly<Record<string, string>>, type = "text"): LostElement {
  const { title = "", content = "", answer } = texts;
  return {
    type,
    width: 280,
    height: 180,
    title,
    content: answer === undefined ? content : [content, answer].filter(Boolean).join("\n\n"),
  };
}

function conflictOf(
  operation: Operation,
  current: Readonly<Record<string, unknown>>,
  plan: Plan,
): NoticeContent | null {
  if (operation.op === "set_title") {
    const [mine, theirs] = [{ title: operation.title }, { title: textOf(current["title"]) }];
    return { kind: "conflict", what: "plan", title: "The title of the plan", mine, theirs };
  }
  if (operation.op !== "update_element" && operation.op !== "update_connection") return null;
  const mine = textsOf(operation.changes);
  const fields = Object.keys(mine).filter((field) => field in current);
  if (fields.length === 0) return null;
  const what = operation.op === "update_element" ? "element" : "connection";
  const element = plan.elements.find(({ id }) => id === operation.id);
  return {
    kind: "conflict",
    what,
    id: operation.id,
    title: element?.title ?? "",
    mine,
    theirs: Object.fromEntries(fields.map((field) => [field, textOf(current[field])])),
  };
}

function textsOf(changes: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(changes).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
