import { Icon } from "../elements/icons.tsx";
import { openDialog } from "../shell/page-state.ts";

/** What the person can decide; it may be decided again later. */
export function DecisionButtons() {
  return (
    <div className="decisions" role="group" aria-label="Decide on the plan">
      <button
        type="button"
        className="button button-quiet button-bad"
        data-testid="reject"
        onClick={() => openDialog({ kind: "decide", decision: "rejected" })}
      >
        Reject
      </button>
      <button
        type="button"
        className="button"
        data-testid="request-changes"
        onClick={() => openDialog({ kind: "decide", decision: "changes_requested" })}
      >
        Ask for changes
      </button>
      <button
        type="button"
        className="button button-primary"
        data-testid="approve"
        onClick={() => openDialog({ kind: "decide", decision: "approved" })}
      >
        <Icon name="check" size={16} />
        Approve
      </button>
    </div>
  );
}
