/** What models call a plan's slug. */
export const PLAN_SLUG = {
  type: "string",
  isName: true,
  isSlug: true,
  alsoCalled: ["slug", "plan", "planId", "planName", "id"],
} as const;
