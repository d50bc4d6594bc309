import { useReactFlow, useStoreApi, type XYPosition } from "@xyflow/react";
import { useCallback } from "react";

/** Tells the middle of what is seen, in the plan's own coordinates. */
export function useMiddle(): () => XYPosition {
  const { screenToFlowPosition } = useReactFlow();
  const store = useStoreApi();
  return useCallback(() => {
    const box = store.getState().domNode?.getBoundingClientRect();
    if (box === undefined) return { x: 0, y: 0 };
    return screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  }, [screenToFlowPosition, store]);
}
