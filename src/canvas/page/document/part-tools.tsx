import { deleteSelected, duplicateSelected, startComment } from "../canvas/actions.ts";
import { selectOnly } from "../state/flow-store.ts";
import { editElement } from "../canvas/selection-bar.tsx";
import { ToolButton } from "../elements/tool-button.tsx";
import { openDialog } from "../state/page-state.ts";

/** What can be done with an element of the document. */
export function PartTools({ id }: { readonly id: string }) {
  const withIt = (act: () => void) => () => {
    selectOnly([id]);
    act();
  };
  return (
    <div className="part-tools" role="group" aria-label="Tools">
      <ToolButton icon="edit" label="Edit (E)" onClick={() => editElement(id)} />
      <ToolButton icon="comment" label="Comment (C)" data-testid="comment-element" onClick={withIt(startComment)} />
      <ToolButton icon="connect" label="Connect (L)" onClick={() => openDialog({ kind: "connect", from: id })} />
      <ToolButton icon="copy" label="Duplicate (Ctrl+D)" onClick={withIt(duplicateSelected)} />
      <ToolButton icon="trash" label="Delete (Del)" onClick={withIt(deleteSelected)} />
    </div>
  );
}
