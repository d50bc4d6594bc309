import { useOnViewportChange, useStoreApi } from "@xyflow/react";
import { useEffect } from "react";

/** What titles far away are sized by: seldom another, since each change lays out all of them anew. */
const STEPS = [0.16, 0.2, 0.25, 0.32, 0.4, 0.5];

/**
 * Tells the style sheets the zoom (`--zoom`, and in steps `--zoom-step`), so that what keeps its size on the screen needs
 * no work of React.
 */
export function ZoomVariable() {
  const store = useStoreApi();
  const tell = (zoom: number) => {
    const style = store.getState().domNode?.style;
    if (style === undefined) return;
    say(style, "--zoom", zoom.toFixed(3));
    say(style, "--zoom-step", String(STEPS.findLast((step) => step <= zoom) ?? STEPS[0]));
  };
  useOnViewportChange({ onChange: ({ zoom }) => tell(zoom) });
  useEffect(() => tell(store.getState().transform[2]));
  return null;
}

function say(style: CSSStyleDeclaration, name: string, value: string): void {
  if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
}
