import { CONFIRM_CLAIM, standingWords } from "../../../plans/standing-words.ts";
import type { Decision } from "../../../plans/plan.ts";
import { notify } from "../sync/notices.ts";
import { describeOutcome } from "../sync/api-client.ts";
import { finishReview, shownRevision } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { CHOICE_TEXTS } from "./decision-texts.ts";

/** Whether an agent waits for the person, or what they decided and how that stands. */
export function ReviewState() {
  const review = usePlan(({ stored }) => stored?.meta.review);
  const state = review?.state ?? "none";
  return (
    <div className="review-state" data-testid="review-state" data-state={state} role="status">
      {state === "open" && (
        <>
          <span className="pulse" aria-hidden="true" />
          <span>
            The agent waits<span className="review-for"> for you</span>
          </span>
        </>
      )}
      {state === "decided" && review?.note && <span title={review.note}>{`“${shorten(review.note)}”`}</span>}
      <Standing />
    </div>
  );
}

/** What the files claim, and what was changed since a decision. */
function Standing() {
  const stored = usePlan((page) => page.stored);
  const words = stored === null ? undefined : standingWords(stored, stored.meta.review.decision);
  const claimed = stored?.claimed;
  if (words === undefined) return null;
  return (
    <span className="standing" data-testid="standing" title={claimed === undefined ? words : CONFIRM_CLAIM}>
      <span className="standing-words">{words}</span>
      {claimed !== undefined && (
        <button
          type="button"
          className="button button-quiet"
          data-testid="confirm-claim"
          onClick={() => void confirm(claimed)}
        >
          Confirm
        </button>
      )}
    </span>
  );
}

/** Makes what the files claim the person's own decision, on the plan that they see. */
async function confirm(decision: Decision): Promise<void> {
  const outcome = await finishReview(decision, "", await shownRevision());
  if (outcome.kind === "done") notify({ kind: "info", message: CHOICE_TEXTS[decision].done });
  else notify({ kind: "failure", message: `Not confirmed: ${describeOutcome(outcome)}` });
}

function shorten(note: string): string {
  return note.length > 60 ? `${note.slice(0, 58)}…` : note;
}
