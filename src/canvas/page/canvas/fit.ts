import type { FitViewOptions } from "@xyflow/react";

/** How the whole plan is put into the window. */
export const FIT: FitViewOptions = { padding: 0.12, maxZoom: 1 };
