import type { Plans } from "../../plans/plan-store-port.ts";
import type { OpenReviews } from "./open-reviews.ts";

/** Notes the reviews that are open on disk, for the sessions that asked. */
export async function noteOpenReviews(plans: Plans, reviews: OpenReviews): Promise<void> {
  const all = await plans.list();
  if (!all.ok) return;
  for (const { slug, review } of all.value) {
    if (review !== "open") continue;
    const found = await plans.read(slug);
    const askedBy = found.ok ? found.value.meta.review.askedBy : undefined;
    if (askedBy !== undefined) reviews.opened(askedBy.sessionId, slug);
  }
}
