import { useOnViewportChange, useStoreApi } from "@xyflow/react";
import { useEffect } from "react";

/** Tells the style sheets the zoom (`--zoom`), so that what keeps its size on the screen needs no work of React. */
export function ZoomVariable() {
  const store = useStoreApi();
  const tell = (zoom: number) => {
    const { domNode } = store.getState();
    const said = zoom.toFixed(3);
    if (domNode !== null && domNode.style.getPropertyValue("--zoom") !== said)
      domNode.style.setProperty("--zoom", said);
  };
  useOnViewportChange({ onChange: ({ zoom }) => tell(zoom) });
  useEffect(() => tell(store.getState().transform[2]));
  return null;
}
