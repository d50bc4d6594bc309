import type { Feedback } from "../../plans/feedback.ts";
import type { StoredPlan } from "../../plans/plan-store-port.ts";
import type { Plan, PlanComment } from "../../plans/plan.ts";
import { CONNECTION_RULES, ELEMENT_RULES } from "../../plans/operation-checks.ts";
import { editView, elementTitle, type EditView } from "./edit-view.ts";
import { shorten } from "../../text/shorten.ts";
import { plainName } from "../../text/plain-name.ts";
import { PLAN_ACTION, PLAN_WAIT, SEND_MESSAGE } from "../../text/own-tools.ts";

const TEXT_CHARACTERS = 500;
/** Of what an element said before, and says now. */
const SIDE_CHARACTERS = 250;
const MOST_LINES = 20;
/** Of one comment. */
const MOST_REPLIES = 10;

/** A background agent that asked for a review and has ended. */
export interface EndedAsker {
  readonly instanceId: string;
  readonly agent: string;
}

/** What a session is told of what the user did to a plan after nobody waited for it any more. */
export function feedbackText(
  { slug, plan }: Pick<StoredPlan, "slug" | "plan">,
  feedback: Feedback,
  asker: EndedAsker | undefined,
): string {
  const { status, note, newComments, edits } = feedback;
  return [
    "This is an automatic message of the Bizar plugin. It does not come from the user, but says what the user did.",
    `The plan "${slug}", which ${asker === undefined ? "you" : `the background agent ${plainName(asker.agent)} (${asker.instanceId})`} put up for review: ${happened(status)}`,
    ...(note === undefined ? [] : [`Note: ${quote(note)}`]),
    ...lines("Comments", newComments, (comment) => commentLine(plan, comment)),
    ...lines("Edits", edits, (edit) => editLine(editView(plan, edit))),
    whatNext(status, asker),
  ].join("\n");
}

function happened(status: Feedback["status"]): string {
  switch (status) {
    case "approved":
      return "the user has approved it.";
    case "rejected":
      return "the user has rejected it.";
    case "changes_requested":
      return "the user asks for changes.";
    case "feedback_received":
    case "none":
      return "the user has commented or edited; it is not approved yet.";
  }
}

function whatNext(status: Feedback["status"], asker: EndedAsker | undefined): string {
  if (asker !== undefined) {
    return `The agent has ended and does not know. ${SEND_MESSAGE} {"instanceId": "${asker.instanceId}"} tells it, where its work goes on.`;
  }
  if (status === "approved") return `Carry it out as it is now: ${PLAN_ACTION} get_canvas shows it.`;
  if (status === "rejected") return "Do not carry it out. Ask the user what they want instead.";
  return `Read it with ${PLAN_ACTION} get_canvas, change it, answer the comments, then wait again with ${PLAN_WAIT}.`;
}

function lines<T>(what: string, all: readonly T[], line: (item: T) => string): string[] {
  if (all.length === 0) return [];
  const more = all.length > MOST_LINES ? [`- and ${all.length - MOST_LINES} more`] : [];
  return [`${what}:`, ...all.slice(-MOST_LINES).map(line), ...more];
}

function commentLine(plan: Plan, { id, elementId, text, thread }: PlanComment): string {
  const replies = thread.slice(-MOST_REPLIES).map((reply) => `${authorName(reply.author)}: ${quote(reply.text)}`);
  const earlier = thread.length > MOST_REPLIES ? [`${thread.length - MOST_REPLIES} earlier replies`] : [];
  const talk = replies.length === 0 ? "" : `; replies: ${[...earlier, ...replies].join("; ")}`;
  const title = elementTitle(plan, elementId);
  return `- ${id} on ${elementId ?? "the canvas"}${titled(title)}: ${quote(text)}${talk}`;
}

function editLine({ what, id, title, change, fields, old = {}, new: now = {} }: EditView): string {
  const words = [...new Set([...Object.keys(old), ...Object.keys(now)])].map((name) => {
    const sides = [old[name], now[name]].map((side) => (side === undefined ? "" : quoteShort(side)));
    return `${name} ${sides.filter((side) => side !== "").join(" → ")}`;
  });
  const rest = fields?.filter((field) => !Object.hasOwn(old, field) && !Object.hasOwn(now, field)) ?? [];
  const told = [...(rest.length === 0 ? [] : [`(${fieldNames(rest)})`]), ...words].join(", ");
  return `- ${what} ${id}${titled(title)} ${change}${told === "" ? "" : ` ${told}`}`;
}

function titled(title: string | undefined): string {
  return title === undefined || title === "" ? "" : ` ${quoteShort(title)}`;
}

function quoteShort(value: string | boolean): string {
  return typeof value === "boolean" ? String(value) : JSON.stringify(shorten(value, SIDE_CHARACTERS));
}

/** Names of fields that a file holds beside ours are somebody's words. */
function fieldNames(fields: readonly string[]): string {
  const known = fields.filter((field) => ELEMENT_RULES.has(field) || CONNECTION_RULES.has(field));
  const others = fields.length - known.length;
  return [...known, ...(others === 0 ? [] : [`${others} of another program`])].join(", ");
}

/** An author's name comes from the file too. */
function authorName(author: string): string {
  return /^[\w-]{1,64}$/.test(author) ? author : quote(author);
}

/** What people write is quoted: it is told, and does not speak for the plugin. */
function quote(text: string): string {
  return JSON.stringify(shorten(text, TEXT_CHARACTERS));
}
