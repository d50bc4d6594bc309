import { useState, type KeyboardEvent } from "react";
import { Icon } from "../elements/icons.tsx";
import { TitleText } from "../elements/title-text.tsx";
import { usePage } from "../state/page-state.ts";
import { edit } from "../sync/plan-session.ts";

interface ConnectionLabelProps {
  readonly id: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly selected: boolean;
  readonly labelling: boolean;
}

/** What a connection says, and, once it is chosen, what can be done with it. */
export function ConnectionLabel({ id, label, x, y, selected, labelling }: ConnectionLabelProps) {
  const startLabelling = () => usePage.setState({ labelling: id });
  return (
    <div
      className="edge-label nodrag nopan"
      data-selected={selected || undefined}
      style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
    >
      {labelling ? (
        <LabelInput id={id} label={label} />
      ) : (
        <>
          {(label !== "" || selected) && (
            <button
              type="button"
              className="edge-text"
              data-testid={`connection-label-${id}`}
              onDoubleClick={startLabelling}
              onClick={selected ? startLabelling : undefined}
              title="Edit the label"
            >
              {label === "" ? "Label…" : <TitleText title={label} />}
            </button>
          )}
          {selected && (
            <button
              type="button"
              className="edge-action"
              aria-label="Delete the connection"
              onClick={() => edit([{ op: "delete_connection", id }])}
            >
              <Icon name="trash" size={14} />
            </button>
          )}
        </>
      )}
    </div>
  );
}

function LabelInput({ id, label }: { readonly id: string; readonly label: string }) {
  const [seen] = useState(label);
  const [text, setText] = useState(seen);
  const save = () => {
    if (usePage.getState().labelling !== id) return;
    stopLabelling();
    if (text !== seen) edit([{ op: "update_connection", id, changes: { label: text }, base: { label: seen } }]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") save();
    if (event.key === "Escape") stopLabelling();
  };
  return (
    <input
      className="editor edge-input"
      data-testid="connection-label-input"
      aria-label="Label of the connection"
      value={text}
      autoFocus
      onChange={({ target }) => setText(target.value)}
      onBlur={save}
      onKeyDown={onKeyDown}
    />
  );
}

function stopLabelling(): void {
  usePage.setState({ labelling: null });
}
