import type { Operation } from "../../../plans/operations.ts";
import type { Plan } from "../../../plans/plan.ts";

/** What a person says on the page; it is sent when they finish their review. */
export type Remark = Extract<Operation, { op: "add_comment" | "reply_to_comment" }>;

/** Where a browser keeps what has been said and not sent, for all of its tabs and over reloads. */
export interface KeptRound {
  read(): readonly Remark[];
  write(round: readonly Remark[]): void;
}

/** @param storage it holds for one origin, so for one server */
export function createKeptRound(
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
  plan: { readonly slug: string; readonly id?: string | undefined },
): KeptRound {
  const key = roundKey(plan);
  return {
    read() {
      try {
        const kept: unknown = JSON.parse(storage.getItem(key) ?? "[]");
        return Array.isArray(kept) ? kept.filter(isRemark) : [];
      } catch {
        return [];
      }
    },
    write(round) {
      try {
        if (round.length === 0) storage.removeItem(key);
        else storage.setItem(key, JSON.stringify(round));
      } catch {
        // The storage is full or forbidden: what was said lives as long as the tab does.
      }
    },
  };
}

/** Of a plan that was deleted and made again, another one. */
export function roundKey({ slug, id = "" }: { readonly slug: string; readonly id?: string | undefined }): string {
  return `bizar:round:${slug}:${id}`;
}

/** The id of the comment or reply. */
export function remarkId(remark: Remark): string {
  return remark.op === "add_comment" ? remark.comment.id : remark.reply.id;
}

/** What was said, as it can be said now: about what is gone since, it is said about the plan. */
export function fittedRemarks(plan: Plan, round: readonly Remark[]): readonly Remark[] {
  const elements = new Set(plan.elements.map(({ id }) => id));
  const comments = new Set(plan.comments.map(({ id }) => id));
  return round.map((remark): Remark => {
    if (remark.op === "add_comment") {
      const { comment } = remark;
      comments.add(comment.id);
      if (comment.elementId === null || elements.has(comment.elementId)) return remark;
      return { op: "add_comment", comment: { ...comment, elementId: null, x: 0, y: 0 } };
    }
    if (comments.has(remark.commentId)) return remark;
    const { id, text } = remark.reply;
    return { op: "add_comment", comment: { id: id.replace(/^r_/, "c_"), elementId: null, x: 0, y: 0, text } };
  });
}

function isRemark(value: unknown): value is Remark {
  if (typeof value !== "object" || value === null) return false;
  const op: unknown = Reflect.get(value, "op");
  if (op === "add_comment") return isNamed(Reflect.get(value, "comment"));
  return op === "reply_to_comment" && isNamed(Reflect.get(value, "reply"));
}

function isNamed(value: unknown): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "id") === "string";
}
