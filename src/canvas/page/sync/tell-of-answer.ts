import { notify, useNotices, type Notice } from "./notices.ts";
import type { Outcome } from "./api-client.ts";
import type { PendingEdit } from "./edit-queue.ts";
import { describeRefusal } from "./describe-refusal.ts";

/** Says so where an edit was not taken, and keeps the text that the person wrote. */
export function tellOfAnswer(edit: PendingEdit, outcome: Outcome): void {
  if (outcome.kind === "refused") notify(describeRefusal(edit.operations, outcome.refusal, outcome.stored.plan));
  if (outcome.kind === "rejected") notify({ kind: "failure", message: outcome.message, operations: edit.operations });
}

let lastWarned = 0;

/** Whether the person has yet to look at an edit that was not taken. A caller warns of it, and is told of it once. */
export function hasUnseenRefusal(): boolean {
  const last = useNotices.getState().notices.findLast(isOfEdit)?.id ?? 0;
  if (last <= lastWarned) return false;
  lastWarned = last;
  return true;
}

function isOfEdit({ content }: Notice): boolean {
  if (content.kind === "failure") return content.operations !== undefined;
  return content.kind === "conflict" || content.kind === "lost";
}
