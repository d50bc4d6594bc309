import { useState } from "react";
import { useShallow } from "zustand/react/shallow";
import { changesSinceReview } from "../../../plans/since-review.ts";
import { describeOutcome } from "../sync/api-client.ts";
import { finishReview, shownRevision } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { DialogEnd } from "../elements/dialog-end.tsx";
import { Dialog } from "../elements/dialog.tsx";
import { closeDialog, usePage } from "../state/page-state.ts";
import { notify } from "../sync/notices.ts";
import { collected, counted, inWords, openWords } from "./collected.ts";
import { CHOICES, CHOICE_TEXTS } from "./decision-texts.ts";
import type { Choice } from "../state/page-state.ts";

/** Ends a review: with what was collected, a note, and a decision or none. What goes wrong is said here, the note kept. */
export function DecideDialog({ choice: first }: { readonly choice: Choice | null }) {
  const [choice, setChoice] = useState(first);
  const [note, setNote] = useState("");
  const [trouble, setTrouble] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  // Whatever an agent does while the person writes is behind the dialog.
  const [seen, setSeen] = useState(shownRevision);
  const why = useObstacle(choice, note);
  const texts = choice === null ? null : CHOICE_TEXTS[choice];
  const send = async () => {
    if (choice === null || texts === null || why !== null) return;
    setSending(true);
    const { dialog } = usePage.getState();
    const outcome = await finishReview(choice === "commented" ? null : choice, note.trim(), await seen);
    setSending(false);
    if (outcome.kind !== "done") setSeen(shownRevision());
    if (outcome.kind === "done") {
      // The person may have left it, and be writing in another one.
      if (usePage.getState().dialog === dialog) closeDialog();
      notify({ kind: "info", message: texts.done });
    } else setTrouble(describeOutcome(outcome));
  };
  return (
    <Dialog title={texts?.title ?? "Finish the review"} close={closeDialog}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Facts />
        <Choices first={first} choice={choice} choose={setChoice} />
        <p className="dialog-text">{texts?.explanation ?? "What you have said goes to the agent, all at once."}</p>
        <textarea
          className="field"
          rows={4}
          maxLength={10_000}
          aria-label="Note for the agent"
          placeholder={texts?.placeholder ?? "A note for the agent (optional)"}
          data-testid="decision-note"
          data-first-focus={first === null ? undefined : true}
          value={note}
          onChange={({ target }) => setNote(target.value)}
        />
        {why !== null && choice !== null && <p className="dialog-obstacle">{why}</p>}
        <DialogEnd
          action={texts?.action ?? "Finish"}
          isBad={choice === "rejected"}
          disabled={sending || choice === null || why !== null}
          trouble={trouble === null ? null : `Not sent: ${trouble}`}
          cancel={closeDialog}
        />
      </form>
    </Dialog>
  );
}

interface ChoicesProps {
  /** What the person began with; without any they begin by choosing. */
  readonly first: Choice | null;
  readonly choice: Choice | null;
  readonly choose: (choice: Choice) => void;
}

function Choices({ first, choice, choose }: ChoicesProps) {
  return (
    <div className="choices" role="radiogroup" aria-label="How the review ends">
      {CHOICES.map((one) => (
        <label key={one} className="choice">
          <input
            type="radio"
            name="choice"
            data-testid={`choice-${one}`}
            checked={one === choice}
            data-first-focus={first === null && one === CHOICES[0] ? true : undefined}
            onChange={() => choose(one)}
          />
          <span>{CHOICE_TEXTS[one].action}</span>
        </label>
      ))}
    </div>
  );
}

/** What a person decides on, and what goes with it. */
function Facts() {
  const open = usePlan(useShallow(openWords));
  const revision = usePlan(({ stored }) => stored?.plan.revision ?? 0);
  const changes = usePlan(({ stored }) => (stored === null ? 0 : changesSinceReview(stored).length));
  const with_ = usePlan((state) => inWords(collected(state)));
  const changed = changes === 0 ? [] : [`${counted(changes, "change")} since your last review`];
  return (
    <div className="facts" data-testid="review-facts">
      <p>{[`Revision ${revision}`, ...open, ...changed].join(" · ")}</p>
      {with_ !== "" && <p>{`With it: ${with_}`}</p>}
    </div>
  );
}

/** Why the review cannot end so. */
function useObstacle(choice: Choice | null, note: string): string | null {
  const isEmpty = usePlan(({ plan }) => (plan?.elements.length ?? 0) === 0);
  const problem = usePlan((state) => state.problem);
  const isSilent = usePlan((state) => inWords(collected(state)) === "") && note.trim() === "";
  if (problem !== null && choice === "approved") return "The plan cannot be read now, so it cannot be approved.";
  if (choice === "approved" && isEmpty) return "The plan is empty: there is nothing to approve.";
  if (!isSilent) return null;
  if (choice === "changes_requested")
    return "Say what should be different: in a note here, or in a comment on the plan.";
  return choice === "commented" ? "There is nothing to send yet: write a note here, or a comment on the plan." : null;
}
