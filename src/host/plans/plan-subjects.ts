import { feedbackSince } from "../../plans/feedback.ts";
import type { Plans } from "../../plans/plan-store-port.ts";
import { isOver, toldUntil } from "../../plans/review.ts";
import { feedbackText } from "./feedback-text.ts";
import type { ReviewSubjects } from "./review-subjects.ts";

/** Plans under review. */
export function planSubjects(plans: Plans): ReviewSubjects {
  return {
    kind: "plan",
    async underReview() {
      const all = await plans.list();
      if (!all.ok) throw new Error(all.problem.message);
      return all.value.filter(({ review }) => review === "open" || review === "decided").map(({ slug }) => slug);
    },
    async read(slug) {
      const now = await plans.read(slug);
      if (!now.ok) {
        const isGone = now.problem.reason === "not_found" || now.problem.reason === "bad_slug";
        return isGone ? "gone" : "unreadable";
      }
      const { meta } = now.value;
      const from = toldUntil(meta);
      const feedback = from === undefined ? undefined : feedbackSince(now.value, from);
      return {
        askedBy: meta.review.askedBy,
        isOpen: meta.review.state === "open",
        isOver: isOver(meta),
        toldUntil: from,
        news:
          feedback === undefined || feedback.status === "none"
            ? undefined
            : {
                until: feedback.until,
                isGoingOn: feedback.status === "feedback_received",
                text: (asker) => feedbackText(now.value, feedback, asker),
              },
      };
    },
    watch: (slug, changed) => plans.watch(slug, () => changed()),
    async tellOnce(slug, from, until) {
      const claimed = await plans.tellOnce(slug, from, until);
      if (!claimed.ok) throw new Error(claimed.problem.message);
      return claimed.value;
    },
  };
}
