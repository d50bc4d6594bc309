import { getViewportForBounds, useReactFlow, useStoreApi, type Viewport } from "@xyflow/react";
import { useCallback } from "react";
import { aroundAll } from "../../../plans/sections.ts";
import { shownBoxes, useCardHeights } from "../state/card-heights.ts";
import { usePlan } from "../sync/plan-store.ts";
import { motionMs } from "../theme/motion.ts";
import { phone } from "../state/phone.ts";

export const LEAST_ZOOM = 0.05;
const MOST_ZOOM = 1;

/** Where tools lie, or a selected card has its own. */
const ON_PHONE = { top: "28px", right: "16px", bottom: "84px", left: "16px" } as const;
const ELSEWHERE = { top: "40px", right: "32px", bottom: "76px", left: "88px" } as const;

/** The view of the whole plan, its sections included, in a window of that size: what lies at its edges lies over none of it. */
export function fitted({ width, height }: { readonly width: number; readonly height: number }): Viewport {
  const boxes = shownBoxes(usePlan.getState().plan?.elements ?? [], useCardHeights.getState().heights);
  if (boxes.length === 0) return { x: 0, y: 0, zoom: 1 };
  const padding = phone.matches ? ON_PHONE : ELSEWHERE;
  return getViewportForBounds(aroundAll(boxes), width, height, LEAST_ZOOM, MOST_ZOOM, padding);
}

/** Shows the whole plan. */
export function useFit(): () => void {
  const { setViewport } = useReactFlow();
  const store = useStoreApi();
  return useCallback(
    () => void setViewport(fitted(store.getState()), { duration: motionMs(300) }),
    [setViewport, store],
  );
}
