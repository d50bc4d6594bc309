import { useShallow } from "zustand/react/shallow";
import { Icon } from "../elements/icons.tsx";
import { openDialog } from "../state/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";
import { collected, inWords } from "./collected.ts";
import { STATUS_NAMES } from "./decision-texts.ts";
import type { Choice } from "../state/page-state.ts";

const finish = (choice: Choice | null) => () => openDialog({ kind: "decide", choice });

/** How a person ends their review; once they have decided, what they decided, and a way to think again. */
export function DecisionButtons() {
  const words = usePlan((state) => inWords(collected(state)));
  const decided = usePlan(useShallow(({ stored }) => decidedOf(stored?.meta.review, stored?.decidedRevision)));
  const isPast = usePlan(({ past }) => past !== null);
  // Nobody decides on what they do not see.
  if (isPast) return null;
  if (decided !== null && words === "") {
    const { decision, at, revision } = decided;
    return (
      <div className="decisions" role="group" aria-label="Decide on the plan">
        <button type="button" className="button decided" data-testid="decided" onClick={finish(null)}>
          <span data-testid="plan-status" data-status={decision} className="status">
            {STATUS_NAMES[decision]}
          </span>
          <span>{`${timeOf(at)}, revision ${revision ?? "–"} · change`}</span>
        </button>
      </div>
    );
  }
  return (
    <div className="decisions" role="group" aria-label="Decide on the plan">
      {words !== "" && (
        <button type="button" className="button finish" data-testid="finish-review" onClick={finish(null)}>
          {`Finish review (${words})`}
        </button>
      )}
      <button
        type="button"
        className="button button-quiet button-bad"
        data-testid="reject"
        onClick={finish("rejected")}
      >
        Reject
      </button>
      <button type="button" className="button" data-testid="request-changes" onClick={finish("changes_requested")}>
        Ask for changes
      </button>
      <button type="button" className="button button-primary" data-testid="approve" onClick={finish("approved")}>
        <Icon name="check" size={16} />
        Approve
      </button>
    </div>
  );
}

type Stored = NonNullable<ReturnType<typeof usePlan.getState>["stored"]>;

function decidedOf(review: Stored["meta"]["review"] | undefined, revision: number | undefined) {
  if (review?.state !== "decided" || review.decision === undefined) return null;
  return { decision: review.decision, at: review.decidedAt ?? "", revision };
}

function timeOf(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday
    ? date.toLocaleTimeString(undefined, { timeStyle: "short" })
    : date.toLocaleDateString(undefined, { dateStyle: "medium" });
}
