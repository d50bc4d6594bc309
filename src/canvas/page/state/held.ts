import { create } from "zustand";

interface Place {
  readonly x: number;
  readonly y: number;
}

const NONE: ReadonlyMap<string, Place> = new Map();

/**
 * Where elements are while the person holds them, by id. The canvas hears of them when they are let go: told of each
 * step, it would ask everything that is on it whether it has changed.
 */
export const useHeld = create<{ readonly places: ReadonlyMap<string, Place> }>(() => ({ places: NONE }));

export function hold(places: ReadonlyMap<string, Place>): void {
  useHeld.setState({ places });
}

export function letGo(): void {
  if (useHeld.getState().places.size > 0) useHeld.setState({ places: NONE });
}
