import type { CommentChanges, ConnectionChanges, ElementChanges, Operation } from "../../../plans/operations.ts";
import type { Plan } from "../../../plans/plan.ts";

/** What an absent field is set back to: JSON has no word for "not there". */
const ABSENT: Readonly<Record<string, unknown>> = { done: false, resolved: false, answer: "", label: "", language: "" };

/**
 * What takes these operations back, in the order to do it.
 *
 * @param plan the plan before them
 * @returns null where something cannot be taken back (a reply)
 */
export function inverseOperations(plan: Plan, operations: readonly Operation[]): readonly Operation[] | null {
  const inverses: Operation[] = [];
  for (const operation of operations) {
    const inverse = inverseOf(plan, operation);
    if (inverse === null) return null;
    inverses.unshift(...inverse);
  }
  return dropRepeatedConnections(inverses);
}

function inverseOf(plan: Plan, operation: Operation): readonly Operation[] | null {
  switch (operation.op) {
    case "add_element":
      return [{ op: "delete_element", id: operation.element.id }];
    case "update_element": {
      const element = plan.elements.find(({ id }) => id === operation.id);
      if (element === undefined) return [];
      const changes: ElementChanges = valuesBefore(element, operation.changes);
      return [{ op: "update_element", id: operation.id, changes, ...baseOf(operation) }];
    }
    case "delete_element":
      return restoreElement(plan, operation.id);
    case "add_connection":
      return [{ op: "delete_connection", id: operation.connection.id }];
    case "update_connection": {
      const connection = plan.connections.find(({ id }) => id === operation.id);
      if (connection === undefined) return [];
      const changes: ConnectionChanges = valuesBefore(connection, operation.changes);
      return [{ op: "update_connection", id: operation.id, changes, ...baseOf(operation) }];
    }
    case "delete_connection":
      return plan.connections
        .filter(({ id }) => id === operation.id)
        .map((connection) => ({ op: "add_connection", connection }));
    case "add_comment":
      return [{ op: "delete_comment", id: operation.comment.id }];
    case "update_comment": {
      const comment = plan.comments.find(({ id }) => id === operation.id);
      if (comment === undefined) return [];
      const changes: CommentChanges = valuesBefore(comment, operation.changes);
      return [{ op: "update_comment", id: operation.id, changes }];
    }
    case "set_title":
      return [{ op: "set_title", title: plan.title, base: { title: operation.title } }];
    case "delete_comment":
    case "reply_to_comment":
      return null;
    case "set_viewport":
      return [];
  }
}

/**
 * What of these operations can still be done: an element that comes back does so without a connection whose other end, and
 * without a comment that, others have deleted since.
 */
export function stillPossible(plan: Plan, operations: readonly Operation[]): readonly Operation[] {
  const added = operations.flatMap((operation) => (operation.op === "add_element" ? [operation.element.id] : []));
  if (added.length === 0) return operations;
  const elements = new Set([...added, ...plan.elements.map(({ id }) => id)]);
  const comments = new Set(plan.comments.map(({ id }) => id));
  const possible = operations.filter((operation) => {
    if (operation.op === "update_comment") return comments.has(operation.id);
    if (operation.op !== "add_connection") return true;
    return elements.has(operation.connection.from) && elements.has(operation.connection.to);
  });
  // The very list where all of it can: the history knows an action by it.
  return possible.length === operations.length ? operations : possible;
}

/** An element that was deleted, with its connections, and its comments pinned to it again. */
function restoreElement(plan: Plan, id: string): readonly Operation[] {
  const element = plan.elements.find((other) => other.id === id);
  if (element === undefined) return [];
  return [
    { op: "add_element", element },
    ...plan.connections
      .filter(({ from, to }) => from === id || to === id)
      .map((connection): Operation => ({ op: "add_connection", connection })),
    ...plan.comments
      .filter(({ elementId }) => elementId === id)
      .map((comment): Operation => ({
        op: "update_comment",
        id: comment.id,
        changes: { elementId: id, x: comment.x ?? null, y: comment.y ?? null },
      })),
  ];
}

function valuesBefore(before: Readonly<Record<string, unknown>>, changes: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(changes).map((key) => [key, before[key] ?? ABSENT[key] ?? null]));
}

/** Taking a text back is refused when somebody else has changed it since. */
function baseOf(operation: { readonly changes: object }): { base?: ElementChanges & ConnectionChanges } {
  const texts = Object.entries(operation.changes).filter(([, value]) => typeof value === "string");
  return texts.length > 0 ? { base: Object.fromEntries(texts) } : {};
}

/** Two elements that were deleted together share their connections; each must come back after both ends, and once. */
function dropRepeatedConnections(operations: readonly Operation[]): readonly Operation[] {
  const added = new Set<string>();
  const late: Operation[] = [];
  const first = operations.filter((operation) => {
    if (operation.op !== "add_connection" && operation.op !== "update_comment") return true;
    if (operation.op === "add_connection") {
      if (added.has(operation.connection.id)) return false;
      added.add(operation.connection.id);
    }
    late.push(operation);
    return false;
  });
  return [...first, ...late];
}
