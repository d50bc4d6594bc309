import { nearestName } from "../../config/nearest-name.ts";
import { CONFIRM_CLAIM, standingWords } from "../../plans/standing-words.ts";
import { TEMPLATES } from "../../plans/templates/templates.ts";
import { duration, plainLine } from "../../text/plain-text.ts";
import { table } from "../../text/table.ts";
import type { CommandContext } from "./command-context.ts";
import { knownPlan, orNotDone } from "./known-plan.ts";
import { orOnPage } from "./on-page.ts";
import { planPage } from "./plan-look.ts";
import { expectWords, NotDone, WrongUse, type Subcommand } from "./subcommand.ts";

const TITLE_CHARACTERS = 40;
const templateNames = [...TEMPLATES.keys()];

/** `/plan new`. */
export const createPlan: Subcommand<CommandContext> = {
  usage: "new <slug> [template]",
  about: `a new plan from ${templateNames.join(", ")}`,
  example: "new new-login feature-design",
  async run({ plans: { plans } }, words) {
    expectWords(words, 1, 2);
    const [slug = "", template = "blank"] = words;
    if (!TEMPLATES.has(template)) {
      const near = nearestName(template, templateNames);
      const hint = near === undefined ? "" : ` Did you mean ${near}?`;
      throw new WrongUse(`There is no template ${JSON.stringify(template)}.${hint}`);
    }
    const made = await plans.create(slug, template);
    if (!made.ok && made.problem.reason === "bad_slug") throw new WrongUse(made.problem.message);
    if (!made.ok) throw new NotDone(made.problem.message);
    const { title, elements } = made.value.plan;
    return `The plan ${slug}, "${title}", was made from ${template}, with ${elements.length} ${elements.length === 1 ? "element" : "elements"}.\n/plan open ${slug} shows it.`;
  },
};

/** `/plan list`. */
export const listPlans: Subcommand<CommandContext> = {
  usage: "list",
  about: "the plans of this project",
  async run({ plans: { plans } }, words) {
    expectWords(words, 0, 0);
    const found = await plans.list();
    if (!found.ok) throw new NotDone(found.problem.message);
    const all = found.value;
    if (all.length === 0) return `There are no plans in ${plans.folder} yet. /plan new <slug> makes one.`;
    const rows = all.map((plan) => {
      const { slug, title, status, review, elements, openComments, lastEdited, problem } = plan;
      return problem === undefined
        ? [
            slug,
            status ?? "-",
            review === "open" ? "waits for you" : "-",
            String(elements),
            String(openComments),
            lastEdited === null ? "-" : `${duration(Date.now() - Date.parse(lastEdited))} ago`,
            plainLine(title, TITLE_CHARACTERS),
          ]
        : [slug, problem.reason, "-", "-", "-", "-", "-"];
    });
    const standing = all.flatMap((plan) => {
      const words = standingWords(plan, plan.decision);
      return words === undefined ? [] : [`\n${plan.slug}: ${words}`];
    });
    const isClaimed = all.some(({ claimed }) => claimed !== undefined);
    const broken = all.flatMap(({ slug, problem }) => (problem === undefined ? [] : [`\n${slug}: ${problem.message}`]));
    const head = ["PLAN", "STATUS", "REVIEW", "ELEMENTS", "COMMENTS", "EDITED", "TITLE"];
    const hint = isClaimed ? `\n${CONFIRM_CLAIM}` : "";
    return `${table(head, rows)}${broken.join("")}${standing.join("")}${hint}`.trimEnd();
  },
};

/** `/plan delete`. */
export const deletePlan: Subcommand<CommandContext> = {
  usage: "delete <slug> <slug>",
  about: "deletes a plan for good; its slug is typed twice",
  example: "delete new-login new-login",
  async run(context, words) {
    expectWords(words, 1, 2);
    const [slug = "", again] = words;
    if (again !== slug) {
      const came = again === undefined ? "it came once" : `${JSON.stringify(again)} is another one`;
      throw new WrongUse(`Nothing was deleted. To delete a plan for good, type its slug twice: ${came}.`);
    }
    const { plans } = context.plans;
    const holds = await plans.holds([slug]);
    if (holds.some((hold) => hold.slug === slug))
      await orOnPage(context, planPage(slug), "Only the user ends a review");
    // One that is broken can be deleted as well.
    const deleted = await plans.delete(slug);
    if (!deleted.ok && deleted.problem.reason === "not_found") await knownPlan(context, slug);
    await orNotDone(plans, slug, deleted);
    return `The plan ${slug} was deleted.`;
  },
};
