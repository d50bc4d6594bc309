import { notify } from "../shell/notices.ts";
import type { Outcome } from "./api-client.ts";
import type { PendingEdit } from "./edit-queue.ts";
import { describeRefusal } from "./describe-refusal.ts";

/** Says so where an edit was not taken, and keeps the text that the person wrote. */
export function tellOfAnswer(edit: PendingEdit, outcome: Outcome): void {
  if (outcome.kind === "refused") notify(describeRefusal(edit.operations, outcome.refusal, outcome.stored.plan));
  if (outcome.kind === "rejected") notify({ kind: "failure", message: outcome.message, operations: edit.operations });
}
