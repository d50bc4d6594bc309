import type { Operation } from "../../../src/plans/operations.ts";
import type { Connection, PlanElement } from "../../../src/plans/plan.ts";
import plan from "../../fixtures/plan-of-22-elements.json" with { type: "json" };

/** A plan of 22 elements of all types and 20 connections, as an agent draws it: nothing is placed. */
export const LARGE: readonly Operation[] = [
  ...(plan.elements as unknown as readonly PlanElement[]).map((element): Operation => ({ op: "add_element", element })),
  ...(plan.connections as readonly object[]).map((connection, index): Operation => ({
    op: "add_connection",
    connection: { ...(connection as Connection), id: `conn_${index}` },
  })),
];

export const LARGE_ELEMENTS = plan.elements as unknown as readonly PlanElement[];
