import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import { feedbackSince, type Feedback } from "../../plans/feedback.ts";
import type { Plans, StoredPlan } from "../../plans/plan-store-port.ts";
import { toldUntil } from "../../plans/review.ts";
import { ownMetadata } from "../../opencode/own-metadata.ts";
import type { PlanServices } from "../plans/plan-services.ts";
import { commentView, editView } from "../plans/edit-view.ts";
import { standingView } from "../plans/standing-view.ts";
import { whenAborted } from "../../lib/when-aborted.ts";
import { answer, cutToJsonBytes, noting, jsonBytes, MAX_ANSWER_BYTES } from "./answer.ts";
import { callUser, waitForPerson } from "./wait-for-person.ts";
import { orRefusal, planRefusal } from "./plan-answer.ts";
import { planMeant } from "../plans/plan-meant.ts";
import { approvalWords } from "../plans/approval-words.ts";

const DEFAULT_TIMEOUT_MS = 600_000;
/** All of a note, unless most of it is no letters: without the answer nobody would hear of the decision. */
const MOST_NOTE_BYTES = 30_000;

/** Puts a plan up for review and waits for what a person does. Never rejects. */
export async function runPlanWait(
  desk: () => Promise<PlanServices>,
  given: Wait,
  context: Pick<ToolContext, "sessionID" | "abort">,
): Promise<ToolResult> {
  return await orRefusal({ planSlug: given.planSlug }, async () => {
    const ready = await desk();
    const meant = await planMeant(ready.plans, given.planSlug);
    if ("wrong" in meant) return planRefusal({ planSlug: given.planSlug }, meant.wrong);
    const planSlug = meant.slug;
    const ended = ready.reviews.waiting(context.sessionID, planSlug);
    try {
      return await wait(ready, { ...given, planSlug }, context);
    } finally {
      ended();
      // What a person does from here on is announced.
      ready.follow(planSlug);
    }
  });
}

interface Wait {
  readonly planSlug: string;
  /** ISO 8601 */
  readonly since?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /** How the call was taken. */
  readonly callNote?: string | undefined;
}

async function wait(
  desk: PlanServices,
  { planSlug, since, timeoutMs = DEFAULT_TIMEOUT_MS, callNote }: Wait,
  context: Pick<ToolContext, "sessionID" | "abort">,
): Promise<ToolResult> {
  const { sessionID } = context;
  const opened = await desk.plans.openReview(planSlug, await desk.asker(sessionID));
  if (!opened.ok) return planRefusal({ planSlug }, opened.problem.message);
  const { review } = opened.value.meta;
  if (review.state === "open") desk.reviews.opened(sessionID, planSlug);
  const from = since ?? review.toldUntil ?? review.askedAt ?? new Date().toISOString();
  const { outcome, lost, waitedMs } = await waitForPerson(desk, context, {
    timeoutMs,
    first: async (signal) => await firstFeedback(desk.plans, planSlug, from, signal),
    now: async () => await lookNow(desk.plans, planSlug, from),
    call: (signal) => {
      // Nobody is called for what has been done already.
      if (feedbackSince(opened.value, from).status === "none") void callUser(desk, sessionID, planSlug, signal);
    },
  });
  if (outcome === "gone") {
    desk.reviews.closed(planSlug);
    return planRefusal({ planSlug }, `The plan "${planSlug}" was deleted while it was up for review.`, { waitedMs });
  }
  if (outcome === "over") {
    const now = await desk.plans.read(planSlug);
    const stored = now.ok ? now.value : opened.value;
    const standing = standingView(stored);
    const planStatus = stored.meta.status;
    const status = desk.unread.has(sessionID) ? "user_message" : "timed_out";
    const note = `${status === "timed_out" ? "" : "The user has written: read it and answer. The review stays open. "}${approvalWords(planSlug)}`;
    const value = { ok: true, status, planStatus, ...standing, note, newComments: [], edits: [], waitedMs };
    return noting(answer(`${planSlug}: no feedback yet`, value), callNote);
  }
  const { stored, feedback } = outcome;
  if (stored.meta.review.state !== "open") desk.reviews.closed(planSlug);
  await tell(desk, sessionID, stored, feedback.until, lost);
  // The note of such an answer is what the user wrote, and nobody else's words stand there.
  const value = { ...feedbackView(desk, stored, feedback, waitedMs), ...(callNote === undefined ? {} : { callNote }) };
  return answer(`${planSlug}: ${feedback.status}`, value, {
    status: feedback.status,
    ...ownMetadata({ plan: planSlug, until: feedback.until }),
  });
}

type Outcome = { readonly stored: StoredPlan; readonly feedback: Feedback } | "gone" | "over";

/**
 * Notes that the session has been told. Not what another session asked for, which has yet to hear of it; and an answer
 * that the host no longer takes tells nobody.
 */
async function tell(
  { plans }: PlanServices,
  sessionId: string,
  { slug, meta }: StoredPlan,
  until: string,
  lost: AbortSignal,
): Promise<void> {
  if (lost.aborted || meta.review.askedBy?.sessionId !== sessionId) return;
  await plans.told(slug, until);
  const before = toldUntil(meta);
  if (lost.aborted && before !== undefined && before < until) await plans.tellOnce(slug, until, before);
}

async function lookNow(plans: Plans, slug: string, since: string): Promise<Outcome> {
  const now = await plans.read(slug);
  if (!now.ok) return now.problem.reason === "not_found" ? "gone" : "over";
  const feedback = feedbackSince(now.value, since);
  return feedback.status === "none" ? "over" : { stored: now.value, feedback };
}

/** Settles with the first that a person does after a moment; `over` when the signal aborts first. */
async function firstFeedback(plans: Plans, slug: string, since: string, signal: AbortSignal): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const watch = plans.watch(slug, (now) => {
    if (now.ok) {
      const feedback = feedbackSince(now.value, since);
      if (feedback.status !== "none") resolve({ stored: now.value, feedback });
    } else if (now.problem.reason === "not_found") {
      resolve("gone");
    }
  });
  try {
    return await Promise.race([promise, whenAborted(signal).then(() => "over" as const)]);
  } finally {
    watch.close();
  }
}

/** The answer; where it does not all fit, the oldest comments and edits are left out, and can be read otherwise. */
function feedbackView(
  desk: PlanServices,
  stored: StoredPlan,
  { status, planStatus, note, ...done }: Feedback,
  waitedMs: number,
): Record<string, unknown> {
  const newComments = done.newComments.map((comment) => commentView(stored.plan, comment));
  const edits = done.edits.map((edit) => editView(stored.plan, edit));
  const shownNote = note === undefined ? undefined : cutToJsonBytes(note, MOST_NOTE_BYTES);
  const view = (comments: readonly unknown[], changes: readonly unknown[], cut: object) => ({
    ok: true,
    status,
    planStatus,
    ...standingView(stored),
    ...(shownNote === undefined ? {} : { note: shownNote }),
    newComments: comments,
    edits: changes,
    waitedMs,
    ...cut,
  });
  const isNoteWhole = shownNote === note;
  // The note stands in meta.json, all else in plan.json.
  const pathOf = (file: string) => ({ truncated: true, path: `${desk.plans.folder}/${stored.slug}/${file}` });
  const whole = view(newComments, edits, isNoteWhole ? {} : pathOf("meta.json"));
  if (jsonBytes(whole) <= MAX_ANSWER_BYTES) return whole;
  const cut = pathOf("plan.json");
  let room = MAX_ANSWER_BYTES - jsonBytes(view([], [], cut));
  const newest = <T>(list: readonly T[]): T[] =>
    list
      .toReversed()
      // As deep as it stands in the answer, so that its indentation counts.
      .filter((item) => (room -= jsonBytes([[item]])) > 0)
      .toReversed();
  const comments = newest(newComments);
  return view(comments, newest(edits), cut);
}
