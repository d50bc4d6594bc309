import { usePlan } from "../sync/plan-store.ts";
import { STATUS_NAMES } from "./decision-texts.ts";

/** Whether an agent waits for the person, or what they decided. */
export function ReviewState() {
  const review = usePlan(({ stored }) => stored?.meta.review);
  const state = review?.state ?? "none";
  return (
    <div className="review-state" data-testid="review-state" data-state={state} role="status">
      {state === "open" && (
        <>
          <span className="pulse" aria-hidden="true" />
          <span>The agent waits for you</span>
        </>
      )}
      {state === "decided" && review?.decision !== undefined && (
        <span title={review.note}>
          {`You decided: ${STATUS_NAMES[review.decision].toLowerCase()}${review.note ? ` — “${shorten(review.note)}”` : ""}`}
        </span>
      )}
    </div>
  );
}

function shorten(note: string): string {
  return note.length > 60 ? `${note.slice(0, 58)}…` : note;
}
