import { useState } from "react";
import { ToolButton } from "../elements/tool-button.tsx";
import type { Point } from "./edge-geometry.ts";
import { Toolbar } from "./toolbar.tsx";

/** What can be added; on a phone behind one button, so that it does not lie over the plan. */
export function FoldedToolbar({ place }: { readonly place: () => Point }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="folded" data-open={isOpen || undefined} onClick={(event) => isTool(event.target) && setOpen(false)}>
      <Toolbar place={place} direction="vertical" />
      <ToolButton
        icon={isOpen ? "close" : "plus"}
        label={isOpen ? "Close the tools" : "Add"}
        data-testid="open-tools"
        aria-expanded={isOpen}
        onClick={(event) => {
          event.stopPropagation();
          setOpen(!isOpen);
        }}
      />
    </div>
  );
}

function isTool(target: EventTarget): boolean {
  return target instanceof Element && target.closest(".toolbar .tool") !== null;
}
