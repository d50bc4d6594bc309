import type { Plan, PlanMeta } from "./plan.ts";
import { LIMITS } from "./plan-limits.ts";
import { problem } from "./plan-problems.ts";
import type { Result } from "./plan-store-port.ts";
import { TEMPLATES } from "./templates/templates.ts";

/**
 * A new plan from a template.
 *
 * @param title without one, the slug in words
 * @param now ISO 8601
 */
export function makePlan(
  slug: string,
  templateName: string,
  title: string | undefined,
  now: string,
): Result<{ readonly plan: Plan; readonly meta: PlanMeta }> {
  const template = TEMPLATES.get(templateName);
  if (template === undefined) {
    const names = [...TEMPLATES.keys()].join(", ");
    return problem(
      "not_found",
      `There is no template ${JSON.stringify(templateName.slice(0, 100))}. There are ${names}.`,
    );
  }
  const named = (title?.trim() ?? "").slice(0, LIMITS.titleLength) || inWords(slug);
  const plan: Plan = {
    schemaVersion: 2,
    id: crypto.randomUUID(),
    title: named,
    elements: template.elements,
    connections: template.connections,
    comments: [],
    viewport: { x: 0, y: 0, zoom: 1 },
    revision: 1,
    edits: [],
  };
  const meta: PlanMeta = {
    status: "draft",
    title: named,
    template: templateName,
    lastEdited: now,
    review: { state: "none" },
  };
  return { ok: true, value: { plan, meta } };
}

/** `new-login` as `New login`. */
export function inWords(slug: string): string {
  const words = slug.replaceAll("-", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
