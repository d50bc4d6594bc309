import { useStore } from "@xyflow/react";

/** How much of an element can be read: all of it, its title, or that it is there. */
export type DetailLevel = "full" | "title" | "shape";

export function detailLevel(zoom: number): DetailLevel {
  if (zoom >= 0.5) return "full";
  return zoom >= 0.16 ? "title" : "shape";
}

export function useDetailLevel(): DetailLevel {
  return useStore(({ transform }) => detailLevel(transform[2]));
}
