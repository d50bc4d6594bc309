import { create } from "zustand";

/** How much of an element can be read: all of it, its title, or that it is there. */
export type DetailLevel = "full" | "title" | "shape";

const useDetail = create<{ readonly level: DetailLevel }>(() => ({ level: "full" }));

export function detailLevel(zoom: number): DetailLevel {
  if (zoom >= 0.5) return "full";
  return zoom >= 0.16 ? "title" : "shape";
}

/** Tells how near the canvas is looked at. */
export function setZoom(zoom: number): void {
  const level = detailLevel(zoom);
  if (useDetail.getState().level !== level) useDetail.setState({ level });
}

export function useDetailLevel(): DetailLevel {
  return useDetail(({ level }) => level);
}
