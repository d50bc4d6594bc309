import type { Connection, PlanElement } from "./plan.ts";
export function placeAutomatically(
  _elements: readonly PlanElement[],
  _connections: readonly Connection[],
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  return new Map();
}
