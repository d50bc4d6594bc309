import { motionMs } from "../theme/motion.ts";
import { Panel, useReactFlow, type FitViewOptions } from "@xyflow/react";
import { Icon } from "../elements/icons.tsx";
import { openDialog } from "../shell/page-state.ts";

/** Zoom, the whole plan, search. */
export function ViewControls({ fit }: { readonly fit: FitViewOptions }) {
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  return (
    <Panel position="bottom-left" className="view-controls">
      <button
        type="button"
        className="tool"
        aria-label="Zoom out"
        data-tip="Zoom out (−)"
        onClick={() => void zoomOut()}
      >
        <Icon name="minus" />
      </button>
      <button type="button" className="tool" aria-label="Zoom in" data-tip="Zoom in (+)" onClick={() => void zoomIn()}>
        <Icon name="plus" />
      </button>
      <button
        type="button"
        className="tool"
        data-testid="fit-view"
        aria-label="Show the whole plan"
        data-tip="Whole plan (0)"
        onClick={() => void fitView({ ...fit, duration: motionMs(300) })}
      >
        <Icon name="fit" />
      </button>
      <button
        type="button"
        className="tool"
        data-testid="find"
        aria-label="Find an element"
        data-tip="Find (/)"
        onClick={() => openDialog({ kind: "find" })}
      >
        <Icon name="search" />
      </button>
    </Panel>
  );
}
