import type { FitViewOptions } from "@xyflow/react";

const phone = matchMedia("(max-width: 640px)");

/** How the whole plan is put into the window: what lies at its edges lies over none of it. */
export function fit(): FitViewOptions {
  const padding = phone.matches
    ? ({ top: "28px", right: "16px", bottom: "84px", left: "16px" } as const)
    : ({ top: "40px", right: "32px", bottom: "76px", left: "88px" } as const);
  return { padding, maxZoom: 1 };
}
