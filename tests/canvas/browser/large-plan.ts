import type { Operation } from "../../../src/plans/operations.ts";
import type { Connection, PlanElement } from "../../../src/plans/plan.ts";
import plan from "../../fixtures/plan-of-22-elements.json" with { type: "json" };

export const LARGE_ELEMENTS = plan.elements as unknown as readonly PlanElement[];

export const LARGE_CONNECTIONS = (plan.connections as readonly object[]).map((connection, index): Connection => ({
  ...(connection as Connection),
  id: `conn_${index}`,
}));

/** A plan of 22 elements of all types and 20 connections, as an agent draws it: nothing is placed. */
export const LARGE: readonly Operation[] = [
  ...LARGE_ELEMENTS.map((element): Operation => ({ op: "add_element", element })),
  ...LARGE_CONNECTIONS.map((connection): Operation => ({ op: "add_connection", connection })),
];
