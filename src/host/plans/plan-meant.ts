import { readdir } from "node:fs/promises";
import { SLUG } from "../../plans/plan.ts";
import type { Plans } from "../../plans/plan-store-port.ts";
import { folded } from "../../text/things-meant.ts";

const MOST_NAMED = 5;

/** The slug that a name stands for; in words where it may be that of several. */
export type MeantPlan = { readonly slug: string } | { readonly wrong: string };

/**
 * The plan that is meant by its slug, or by its title where that is unique. A name of no plan stays as it is: it may be
 * that of a plan to be.
 *
 * @param mayBeNew the slug of no plan is that of a new one, whatever titles others have
 */
export async function planMeant(
  plans: Pick<Plans, "folder" | "list">,
  name: string,
  mayBeNew = false,
): Promise<MeantPlan> {
  const isSlug = SLUG.test(name);
  if (isSlug && (mayBeNew || (await readdir(plans.folder).catch((): string[] => [])).includes(name)))
    return { slug: name };
  const all = await plans.list();
  const meant = all.ok ? all.value.filter(({ title }) => asWords(title) === asWords(name)) : [];
  const [only, ...others] = meant.map(({ slug }) => slug);
  if (only === undefined) return { slug: name };
  if (others.length === 0) return { slug: only };
  const slugs = [only, ...others].slice(0, MOST_NAMED).join(", ");
  return { wrong: `${meant.length} plans are called ${JSON.stringify(name)}: say which by its slug, ${slugs}.` };
}

/** A slug has `-` where a title has blanks. */
function asWords(title: string): string {
  return folded(title).replaceAll(/[\s_-]+/g, " ");
}
