import { Panel, useReactFlow } from "@xyflow/react";
import { ToolButton } from "../elements/tool-button.tsx";
import { openDialog } from "../state/page-state.ts";
import { useFit } from "./fit.ts";

/** Zoom, the whole plan, search. */
export function ViewControls() {
  const { zoomIn, zoomOut } = useReactFlow();
  const showAll = useFit();
  return (
    <Panel position="bottom-left" className="view-controls">
      <ToolButton icon="minus" label="Zoom out" tip="Zoom out (−)" onClick={() => void zoomOut()} />
      <ToolButton icon="plus" label="Zoom in" tip="Zoom in (+)" onClick={() => void zoomIn()} />
      <ToolButton
        icon="fit"
        label="Show the whole plan"
        tip="Whole plan (0)"
        data-testid="fit-view"
        onClick={showAll}
      />
      <ToolButton
        icon="search"
        label="Find an element"
        tip="Find (/)"
        data-testid="find"
        onClick={() => openDialog({ kind: "find" })}
      />
    </Panel>
  );
}
