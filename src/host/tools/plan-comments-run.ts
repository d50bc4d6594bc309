import type { ToolResult } from "@opencode-ai/plugin/tool";
import type { PlanComment } from "../../plans/plan.ts";
import { commentView } from "../plans/edit-view.ts";
import type { PlanServices } from "../plans/plan-services.ts";
import { answer, errorAnswer, jsonBytes, MAX_ANSWER_BYTES, shorten } from "./answer.ts";
import { PLAN_COMMENTS, planCommentsSchema } from "./plan-comments.ts";
import { findElement } from "./plan-names.ts";
import { readGiven } from "./schema-arguments.ts";
import { neverThrowing } from "./tool-parts.ts";

const NOTE_BYTES = 500;
/** Of a comment that alone is more than an answer holds. */
const LONGEST_TEXT = 1000;

/** Reads the comments of a plan. Never rejects. */
export async function runPlanComments(desk: () => Promise<PlanServices>, given: unknown): Promise<ToolResult> {
  return await neverThrowing(PLAN_COMMENTS, async () => {
    const reading = readGiven(PLAN_COMMENTS, planCommentsSchema, given);
    if (!reading.ok) return errorAnswer(reading.error);
    const { planSlug, elementId } = reading.value;
    const { plans } = await desk();
    const found = await plans.read(planSlug);
    if (!found.ok) {
      if (found.problem.reason === "not_found") return answer(`${planSlug}: no such plan`, []);
      return errorAnswer(found.problem.message, { planSlug });
    }
    const { plan } = found.value;
    const named = elementId === undefined || elementId === "null" ? undefined : findElement(plan, elementId);
    if (named !== undefined && "wrong" in named) return errorAnswer(named.wrong, { planSlug });
    const wantedId = elementId === "null" ? null : named?.id;
    const wanted = plan.comments
      .filter((comment) => wantedId === undefined || comment.elementId === wantedId)
      .toSorted((one, other) => (one.created < other.created ? -1 : 1))
      .map((comment) => commentView(plan, comment));
    const path = `${plans.folder}/${planSlug}/plan.json`;
    return answer(`${planSlug}: ${wanted.length} comments`, newestThatFit(wanted, path), { count: wanted.length });
  })(given, undefined as never);
}

/** Where not all fit, the oldest are left out. */
function newestThatFit(comments: readonly PlanComment[], path: string): unknown[] {
  const views: unknown[] = [];
  let bytes = NOTE_BYTES;
  for (const comment of comments.toReversed()) {
    const view = jsonBytes([comment]) > MAX_ANSWER_BYTES - NOTE_BYTES ? shortComment(comment) : comment;
    bytes += jsonBytes([view]);
    if (bytes > MAX_ANSWER_BYTES) break;
    views.unshift(view);
  }
  const omitted = comments.length - views.length;
  if (omitted > 0) views.unshift({ truncated: true, omitted, note: "older ones are left out", path });
  return views;
}

function shortComment(comment: PlanComment): Record<string, unknown> {
  const thread = comment.thread.slice(-10).map((reply) => ({ ...reply, text: shorten(reply.text, LONGEST_TEXT) }));
  return { ...comment, text: shorten(comment.text, LONGEST_TEXT), thread, truncated: true };
}
