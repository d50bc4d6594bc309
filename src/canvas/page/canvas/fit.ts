import { getViewportForBounds, type FitViewOptions, type Viewport } from "@xyflow/react";
import { around } from "../../../plans/rectangles.ts";
import type { ElementNode } from "../state/flow-nodes.ts";

const phone = matchMedia("(max-width: 640px)");

export const LEAST_ZOOM = 0.05;
const MOST_ZOOM = 1;

const ON_PHONE = { padding: { top: "28px", right: "16px", bottom: "84px", left: "16px" }, maxZoom: MOST_ZOOM } as const;
const ELSEWHERE = {
  padding: { top: "40px", right: "32px", bottom: "76px", left: "88px" },
  maxZoom: MOST_ZOOM,
} as const;

/** How the whole plan is put into the window: what lies at its edges lies over none of it. The very object while nothing is another. */
export function fit(): Required<Pick<FitViewOptions, "padding" | "maxZoom">> {
  return phone.matches ? ON_PHONE : ELSEWHERE;
}

/** The view of the whole plan in a window of that size. */
export function fitted(
  nodes: readonly ElementNode[],
  { width, height }: { readonly width: number; readonly height: number },
): Viewport {
  if (nodes.length === 0) return { x: 0, y: 0, zoom: 1 };
  const bounds = around(
    nodes.map(({ position, width: wide = 0, height: high = 0 }) => ({ ...position, width: wide, height: high })),
  );
  return getViewportForBounds(bounds, width, height, LEAST_ZOOM, MOST_ZOOM, fit().padding);
}
