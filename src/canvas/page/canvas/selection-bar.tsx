import { hasPicture } from "../../../plans/element-kinds.ts";
import { NodeToolbar, Position } from "@xyflow/react";
import { useShallow } from "zustand/react/shallow";
import { startEditing, useEditing } from "../elements/editing.ts";
import { ToolButton } from "../elements/tool-button.tsx";
import { openDialog } from "../state/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";
import { deleteSelected, duplicateSelected, startComment } from "./actions.ts";
import { useFlow } from "../state/flow-store.ts";

/** What can be done with the selected elements, above them. */
export function SelectionBar() {
  const ids = useFlow(useShallow(({ nodes }) => nodes.filter(({ selected }) => selected).map(({ id }) => id)));
  const busy = useFlow(({ nodes }) => nodes.some(({ dragging, resizing }) => dragging === true || resizing === true));
  const editing = useEditing((state) => state.editing !== null);
  const [only] = ids;
  // Pins stand at the upper edge of a card.
  const isPinned = usePlan(
    ({ plan }) =>
      plan?.comments.some(
        ({ elementId, resolved }) => elementId !== null && ids.includes(elementId) && resolved !== true,
      ) ?? false,
  );
  if (only === undefined || busy || editing) return null;
  return (
    <NodeToolbar
      nodeId={[...ids]}
      isVisible
      position={Position.Top}
      offset={isPinned ? 42 : 14}
      className="selection-bar"
    >
      {ids.length === 1 && (
        <>
          <ToolButton icon="edit" label="Edit (E)" onClick={() => editElement(only)} />
          <ToolButton icon="comment" label="Comment (C)" data-testid="comment-element" onClick={startComment} />
          <ToolButton icon="connect" label="Connect (L)" onClick={() => openDialog({ kind: "connect", from: only })} />
        </>
      )}
      <ToolButton
        icon="section"
        label="Section (G)"
        data-testid="section"
        onClick={() => openDialog({ kind: "section", ids })}
      />
      <ToolButton icon="copy" label="Duplicate (Ctrl+D)" data-testid="duplicate" onClick={duplicateSelected} />
      <ToolButton icon="trash" label="Delete (Del)" data-testid="delete" onClick={deleteSelected} />
    </NodeToolbar>
  );
}

/** Starts to write into an element. */
export function editElement(id: string): void {
  const element = usePlan.getState().elements.get(id);
  if (element !== undefined) startEditing(element, hasPicture(element) ? "title" : "content");
}
