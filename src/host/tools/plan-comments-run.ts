import type { ToolResult } from "../../opencode/plugin-api.ts";
import type { PlanComment } from "../../plans/plan.ts";
import { commentView } from "../plans/edit-view.ts";
import type { PlanServices } from "../plans/plan-services.ts";
import { answer, errorAnswer, jsonBytes, MOST_VIEW_BYTES, newestViews } from "./answer.ts";
import { shorten } from "../../text/shorten.ts";
import type { planCommentsSchema } from "./plan-comments.ts";
import { findElement } from "./plan-names.ts";
import { planMeant } from "../plans/plan-meant.ts";
import type { Given } from "./schema-tool.ts";
import { neverThrowing } from "./tool-parts.ts";
import { PLAN_COMMENTS } from "../../text/own-tools.ts";

/** Of a comment that alone is more than an answer holds. */
const LONGEST_TEXT = 1000;

/** Reads the comments of a plan. Never rejects. */
export async function runPlanComments(
  desk: () => Promise<PlanServices>,
  { planSlug: name, elementId }: Given<typeof planCommentsSchema>,
): Promise<ToolResult> {
  return await neverThrowing(PLAN_COMMENTS, async () => {
    const { plans } = await desk();
    const meant = await planMeant(plans, name);
    if ("wrong" in meant) return errorAnswer(meant.wrong, { planSlug: name });
    const planSlug = meant.slug;
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
    return answer(`${planSlug}: ${wanted.length} comments`, newestViews(wanted, shortEnough, path), {
      count: wanted.length,
    });
  })(undefined, undefined as never);
}

function shortEnough(comment: PlanComment): PlanComment | Record<string, unknown> {
  return jsonBytes([comment]) > MOST_VIEW_BYTES ? shortComment(comment) : comment;
}

function shortComment(comment: PlanComment): Record<string, unknown> {
  const thread = comment.thread.slice(-10).map((reply) => ({ ...reply, text: shorten(reply.text, LONGEST_TEXT) }));
  return { ...comment, text: shorten(comment.text, LONGEST_TEXT), thread, truncated: true };
}
