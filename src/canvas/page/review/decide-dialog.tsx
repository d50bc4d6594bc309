import { useState } from "react";
import type { Decision } from "../../../plans/plan.ts";
import { describeOutcome } from "../sync/api-client.ts";
import { decide, shownRevision } from "../sync/plan-session.ts";
import { Dialog } from "../shell/dialog.tsx";
import { closeDialog, usePage } from "../shell/page-state.ts";
import { notify } from "../shell/notices.ts";
import { DECISION_TEXTS } from "./decision-texts.ts";

/** Asks for a note, and decides. What goes wrong is said here, with the note kept. */
export function DecideDialog({ decision }: { readonly decision: Decision }) {
  const [note, setNote] = useState("");
  const [trouble, setTrouble] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  // Whatever an agent does while the person writes is behind the dialog.
  const [seen, setSeen] = useState(shownRevision);
  const texts = DECISION_TEXTS[decision];
  const send = async () => {
    setSending(true);
    const { dialog } = usePage.getState();
    const outcome = await decide(decision, note.trim(), await seen);
    setSending(false);
    if (outcome.kind !== "done") setSeen(shownRevision());
    if (outcome.kind === "done") {
      // The person may have left it, and be writing in another one.
      if (usePage.getState().dialog === dialog) closeDialog();
      notify({ kind: "info", message: texts.done });
    } else setTrouble(describeOutcome(outcome));
  };
  return (
    <Dialog title={texts.title} close={closeDialog}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p className="dialog-text">{texts.explanation}</p>
        <textarea
          className="field"
          rows={4}
          maxLength={10_000}
          aria-label="Note for the agent"
          placeholder={texts.placeholder}
          data-testid="decision-note"
          data-first-focus
          value={note}
          onChange={({ target }) => setNote(target.value)}
        />
        {trouble !== null && (
          <p className="dialog-trouble" role="alert">
            {`Not sent: ${trouble}`}
          </p>
        )}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={closeDialog}>
            Cancel
          </button>
          <button
            type="submit"
            className={`button button-primary${decision === "rejected" ? " button-bad" : ""}`}
            data-testid="decision-confirm"
            disabled={sending}
          >
            {texts.action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
