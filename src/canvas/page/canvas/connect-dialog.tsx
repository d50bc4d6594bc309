import { useState } from "react";
import { Icon } from "../elements/icons.tsx";
import { Dialog } from "../elements/dialog.tsx";
import { ElementList } from "../elements/element-list.tsx";
import { closeDialog } from "../state/page-state.ts";
import { edit } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { connect } from "./actions.ts";
import { TitleText } from "../elements/title-text.tsx";
import { titleWords } from "../state/title-words.ts";

/** Connects an element with another, and changes the connections that it has: all that a mouse does with arrows. */
export function ConnectDialog({ from }: { readonly from: string }) {
  const title = usePlan(({ elements }) => elements.get(from)?.title || "untitled");
  const connections = usePlan((state) => state.plan?.connections) ?? [];
  const own = connections.filter((connection) => connection.from === from || connection.to === from);
  return (
    <Dialog title={`Connect “${title}”`} close={closeDialog}>
      <ElementList
        label="Connect to"
        offers={({ id }) => id !== from && !own.some((connection) => connection.to === id)}
        choose={({ id }) => {
          connect(from, id);
          closeDialog();
        }}
      />
      {own.length > 0 && (
        <>
          <h3 className="dialog-part">Its connections</h3>
          <ul className="own-connections">
            {own.map((connection) => (
              <OwnConnection key={connection.id} id={connection.id} from={from} />
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

function OwnConnection({ id, from }: { readonly id: string; readonly from: string }) {
  const connection = usePlan(({ connections }) => connections.get(id));
  const [draft, setDraft] = useState<{ readonly text: string; readonly seen: string } | null>(null);
  const leaves = connection?.from === from;
  const other = usePlan(
    ({ elements }) => elements.get((leaves ? connection?.to : connection?.from) ?? "")?.title || "untitled",
  );
  if (connection === undefined) return null;
  const words = titleWords(other);
  const label = connection.label ?? "";
  const save = () => {
    setDraft(null);
    if (draft === null || draft.text === draft.seen) return;
    edit([{ op: "update_connection", id, changes: { label: draft.text }, base: { label: draft.seen } }]);
  };
  return (
    <li>
      <span>
        <TitleText title={leaves ? `to “${other}”` : `from “${other}”`} />
      </span>
      <input
        className="field"
        aria-label={`Label of the connection ${leaves ? "to" : "from"} ${words}`}
        placeholder="Label"
        value={draft?.text ?? label}
        onChange={({ target }) => setDraft({ text: target.value, seen: draft?.seen ?? label })}
        onBlur={save}
      />
      <button
        type="button"
        className="button button-icon"
        aria-label={`Delete the connection ${leaves ? "to" : "from"} ${words}`}
        onClick={() => edit([{ op: "delete_connection", id }])}
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}
