import { nearestName } from "../../config/nearest-name.ts";
import { PLAN_STATUSES, type Review } from "../../plans/plan.ts";
import { LIMITS } from "../../plans/plan-limits.ts";
import type { StoredPlan } from "../../plans/plan-store-port.ts";
import { CONFIRM_CLAIM, standingWords } from "../../plans/standing-words.ts";
import { isDecision } from "../../plans/review.ts";
import type { CommandContext } from "./command-context.ts";
import { knownPlan, orNotDone } from "./known-plan.ts";
import { orOnPage } from "./on-page.ts";
import { planPage } from "./plan-look.ts";
import { WrongUse, type Subcommand } from "./subcommand.ts";

/** `/plan status`: shows it, or sets it as the user, which decides an open review. */
export const planStatus: Subcommand<CommandContext> = {
  usage: "status <slug> [value] [note]",
  about: `the status, or sets it: ${PLAN_STATUSES.join(", ")}`,
  example: 'status new-login changes_requested "Begin with the tests"',
  async run(context, words) {
    const [name, value, ...noteWords] = words;
    if (name === undefined) throw new WrongUse("Expected the plan's slug, got nothing.");
    if (value === undefined) {
      const stored = await knownPlan(context, name);
      const { slug, plan, meta } = stored;
      return `${slug}, "${plan.title}": ${meta.status}${reviewWords(meta.review)}${standing(stored)}`;
    }
    const status = PLAN_STATUSES.find(
      (known) => known === value.toLowerCase().replaceAll("-", "_").replace("in_", "in-"),
    );
    if (status === undefined) {
      const near = nearestName(value, PLAN_STATUSES);
      throw new WrongUse(
        `There is no status ${JSON.stringify(value)}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
      );
    }
    if (noteWords.length > 0 && !isDecision(status)) throw new WrongUse("A note goes with a decision only.");
    const note = noteWords.join(" ");
    if (note.length > LIMITS.noteLength) {
      throw new WrongUse(`A note has at most ${LIMITS.noteLength} characters, not ${note.length}.`);
    }
    const { plans } = context.plans;
    const before = await knownPlan(context, name);
    const { slug } = before;
    if (isDecision(status)) await orOnPage(context, planPage(slug), "Only the user decides on a plan");
    await orNotDone(
      plans,
      slug,
      await plans.setStatus(slug, { kind: "person" }, status, ...(note === "" ? [] : [note])),
    );
    if (isDecision(status)) context.plans.follow(slug);
    const wasOpen = before.meta.review.state === "open" && isDecision(status);
    return `The plan ${slug} is ${status} now.${wasOpen ? " The agent that waits for it goes on." : ""}`;
  },
};

function standing(stored: StoredPlan): string {
  const words = standingWords(stored, stored.meta.review.decision);
  if (words === undefined) return "";
  return `\n${words}.${stored.claimed === undefined ? "" : `\n${CONFIRM_CLAIM}`}`;
}

function reviewWords({ state, decision, decidedAt, askedAt, note }: Review): string {
  if (state === "open") return `\nIt waits for your review, since ${askedAt ?? "some time"}.`;
  if (state !== "decided" || decision === undefined) return "";
  return `\nReviewed ${decidedAt ?? ""}: ${decision}${note === undefined ? "" : `. Note: ${note}`}`;
}
