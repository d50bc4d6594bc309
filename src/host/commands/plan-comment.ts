import { nearestName } from "../../config/nearest-name.ts";
import type { Plan, PlanComment, PlanElement } from "../../plans/plan.ts";
import type { CommandContext } from "./command-context.ts";
import { knownPlan, orNotDone } from "./known-plan.ts";
import { orOnPage } from "./on-page.ts";
import { planPage } from "./plan-look.ts";
import { expectWords, NotDone, WrongUse, type Subcommand } from "./subcommand.ts";
import { newestThatFit } from "../../lib/newest-that-fit.ts";
import { findElement } from "../tools/plan-names.ts";
import { PLAN_ACTION } from "../../text/own-tools.ts";

const MOST_CHARACTERS = 25_000;

/** `/plan comment`. */
export const addComment: Subcommand<CommandContext> = {
  usage: 'comment <slug> [element] "text"',
  about: "comments on the plan, or on the element of that id or title",
  example: 'comment new-login el_token "How long is it valid?"',
  async run(context, [name, ...rest]) {
    if (name === undefined) throw new WrongUse("Expected the plan's slug and a text, got nothing.");
    const { slug, plan } = await knownPlan(context, name);
    const element = rest.length > 1 ? meantElement(plan, rest[0] ?? "") : undefined;
    const text = (element === undefined ? rest : rest.slice(1)).join(" ").trim();
    if (text === "") throw new WrongUse("Expected a text to comment with, got nothing.");
    await orOnPage(
      context,
      planPage(slug),
      `An agent comments with ${PLAN_ACTION}, and only the user in the user's name`,
    );
    const { plans } = context.plans;
    const id = `c_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
    const comment = { id, elementId: element?.id ?? null, text };
    const edited = await plans.edit(slug, { kind: "person" }, [{ op: "add_comment", comment }]);
    if (!edited.ok && "refusal" in edited) throw new NotDone(edited.refusal.message);
    if (!edited.ok) await orNotDone(plans, slug, edited);
    return `Commented on ${element === undefined ? `the plan ${slug}` : `"${element.title || element.id}" of ${slug}`}.`;
  },
};

/** The element that a first word names; `undefined` where it is the beginning of the text. */
function meantElement(plan: Plan, word: string): PlanElement | undefined {
  const { elements } = plan;
  const found = findElement(plan, word);
  if ("id" in found) return elements.find(({ id }) => id === found.id);
  if (found.isOfSeveral === true) throw new WrongUse(found.wrong);
  if (!word.startsWith("el_")) return undefined;
  const near = nearestName(
    word,
    elements.map(({ id }) => id),
  );
  throw new WrongUse(`There is no element ${word}.${near === undefined ? "" : ` Did you mean ${near}?`}`);
}

/** `/plan comments`. */
export const showComments: Subcommand<CommandContext> = {
  usage: "comments <slug>",
  about: "its comments with their replies, oldest first",
  async run(context, words) {
    expectWords(words, 1, 1);
    const { slug, plan } = await knownPlan(context, words[0] ?? "");
    if (plan.comments.length === 0) return `There are no comments on ${slug}.`;
    const oldestFirst = plan.comments.toSorted((one, other) => (one.created < other.created ? -1 : 1));
    return newestComments(oldestFirst.map((comment) => commentText(plan, comment)));
  },
};

/** Where not all fit into an answer, the oldest are left out. */
function newestComments(texts: readonly string[]): string {
  const fitting = newestThatFit(texts, MOST_CHARACTERS, String, ({ length }) => length + 2);
  const shown = texts.slice(-Math.max(1, fitting.length));
  const omitted = texts.length - shown.length;
  return `${omitted === 0 ? "" : `(older ones left out: ${omitted})\n\n`}${shown.join("\n\n")}`;
}

function commentText({ elements }: Plan, { author, created, elementId, text, resolved, thread }: PlanComment): string {
  const element = elements.find(({ id }) => id === elementId);
  const place = element === undefined ? "" : ` on "${element.title || element.id}"`;
  const replies = thread.map((reply) => `\n    ${reply.author}: ${reply.text.replaceAll("\n", "\n      ")}`);
  const end = resolved === true ? " (resolved)" : "";
  return `${author}${place}, ${created.slice(0, 16).replace("T", " ")}${end}\n  ${text.replaceAll("\n", "\n  ")}${replies.join("")}`;
}
