import { NodeToolbar, Position } from "@xyflow/react";
import { useShallow } from "zustand/react/shallow";
import { startEditing, useEditing } from "../elements/editing.ts";
import { Icon, type IconName } from "../elements/icons.tsx";
import { openDialog } from "../shell/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";
import { deleteSelected, duplicateSelected, startComment } from "./actions.ts";
import { useFlow } from "./flow-store.ts";

/** What can be done with the selected elements, above them. */
export function SelectionBar() {
  const ids = useFlow(useShallow(({ nodes }) => nodes.filter(({ selected }) => selected).map(({ id }) => id)));
  const busy = useFlow(({ nodes }) => nodes.some(({ dragging, resizing }) => dragging === true || resizing === true));
  const editing = useEditing((state) => state.editing !== null);
  const [only] = ids;
  if (only === undefined || busy || editing) return null;
  return (
    <NodeToolbar nodeId={[...ids]} isVisible position={Position.Top} offset={14} className="selection-bar">
      {ids.length === 1 && (
        <>
          <Action name="edit" label="Edit (Enter)" run={() => editElement(only)} />
          <Action name="comment" label="Comment (C)" run={startComment} testId="comment-element" />
          <Action name="connect" label="Connect (L)" run={() => openDialog({ kind: "connect", from: only })} />
        </>
      )}
      <Action name="copy" label="Duplicate (Ctrl+D)" run={duplicateSelected} testId="duplicate" />
      <Action name="trash" label="Delete (Del)" run={deleteSelected} testId="delete" />
    </NodeToolbar>
  );
}

/** Starts to write into an element. */
export function editElement(id: string): void {
  const element = usePlan.getState().elements.get(id);
  if (element !== undefined) startEditing(element, element.type === "image" ? "title" : "content");
}

function Action(props: {
  readonly name: IconName;
  readonly label: string;
  readonly run: () => void;
  readonly testId?: string;
}) {
  return (
    <button
      type="button"
      className="tool"
      aria-label={props.label}
      data-tip={props.label}
      data-testid={props.testId}
      onClick={props.run}
    >
      <Icon name={props.name} />
    </button>
  );
}
