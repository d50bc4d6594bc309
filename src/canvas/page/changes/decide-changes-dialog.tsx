import { useState } from "react";
import { DialogEnd, type DialogEndProps } from "../elements/dialog-end.tsx";
import { Dialog } from "../elements/dialog.tsx";
import { decide } from "./changes-session.ts";
import { openChangesDialog, useChanges } from "./changes-store.ts";
import { counted } from "./file-section.tsx";

type Decision = "apply" | "send_back" | "branch" | "discard";

interface Texts {
  readonly title: string;
  readonly explanation: string;
  readonly action: string;
}

const TEXTS: Readonly<Record<Decision, Texts>> = {
  apply: {
    title: "Apply the changes",
    explanation:
      "They go into your files, all of them or none. Nothing is staged or committed, and your own edits stay.",
    action: "Apply",
  },
  send_back: {
    title: "Send back to the agent",
    explanation: "Your comments and the note become one further turn of the agent, with the lines that they are about.",
    action: "Send back",
  },
  branch: {
    title: "Make a branch",
    explanation: "The changes are committed to a new branch. None of your files is touched.",
    action: "Make the branch",
  },
  discard: {
    title: "Discard the changes",
    explanation: "The agent's folder and everything in it goes. This cannot be undone.",
    action: "Discard",
  },
};

/** Of what is sent back, the note. */
const FIRST_FOCUS: Readonly<Record<Decision, Pick<DialogEndProps, "focus">>> = {
  apply: { focus: "action" },
  send_back: {},
  branch: { focus: "action" },
  discard: { focus: "cancel" },
};

function close(): void {
  openChangesDialog(null);
}

/** Asks before something is done with all of the changes. What goes wrong is said here, and the note kept. */
export function DecideChangesDialog({ decision }: { readonly decision: Decision }) {
  const [note, setNote] = useState("");
  const [trouble, setTrouble] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const comments = useChanges((state) => state.comments.length);
  const { title, explanation, action } = TEXTS[decision];
  const hasNote = decision !== "branch";
  const isSilent = decision === "send_back" && comments === 0 && note.trim() === "";
  const send = async () => {
    setSending(true);
    const why = await decide(decision, note.trim());
    setSending(false);
    if (why === null) close();
    else setTrouble(why);
  };
  return (
    <Dialog title={title} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!sending && !isSilent) void send();
        }}
      >
        <Facts decision={decision} />
        <p className="dialog-text">{explanation}</p>
        {hasNote && (
          <textarea
            className="field"
            rows={decision === "send_back" ? 4 : 2}
            maxLength={10_000}
            aria-label="Note for the agent"
            placeholder="A note for the agent (optional)"
            data-testid="decision-note"
            data-first-focus={decision === "send_back" ? "" : undefined}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        )}
        {isSilent && <p className="dialog-text">Comment on a line, or write a note: there is nothing to send yet.</p>}
        <DialogEnd
          action={action}
          isBad={decision === "discard"}
          disabled={sending || isSilent}
          trouble={trouble}
          cancel={close}
          {...FIRST_FOCUS[decision]}
        />
      </form>
    </Dialog>
  );
}

/** What goes, and what does not. */
function Facts({ decision }: { readonly decision: Decision }) {
  const files = useChanges((state) => state.changes?.files) ?? [];
  const comments = useChanges((state) => state.comments.length);
  const conflicts = files.filter((file) => file.conflicts).length;
  const words = [
    counted(files.length, "file"),
    ...(decision === "apply" && conflicts > 0
      ? [`${counted(conflicts, "file")} in conflict: nothing would be applied`]
      : []),
    ...(comments > 0
      ? [decision === "send_back" ? counted(comments, "comment") : `${counted(comments, "comment")} not sent`]
      : []),
  ];
  return (
    <p className="facts" data-testid="decision-facts">
      {words.join(" · ")}
    </p>
  );
}
