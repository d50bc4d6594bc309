import { systemClock } from "../../src/lib/system-clock.ts";
import { createPlans } from "../../src/plans/file-plans.ts";
import type { Ledger } from "../../src/plans/ledger.ts";
import type { Operation } from "../../src/plans/operations.ts";
import { DecisionFiles } from "../../src/store/decision-files.ts";
import type { Author, Connection, Plan, PlanComment, PlanElement, PlanMeta } from "../../src/plans/plan.ts";
import type { Plans, Result } from "../../src/plans/plan-store-port.ts";

export const person: Author = { kind: "person" };
export const thor: Author = { kind: "agent", name: "thor" };
export const odin: Author = { kind: "agent", name: "odin" };

/** A moment, `seconds` after a fixed one. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();
}

export function element(id: string, more: Partial<PlanElement> = {}): PlanElement {
  return { id, type: "text", x: 0, y: 0, width: 300, height: 100, title: id, content: "", ...more };
}

export function connection(id: string, from: string, to: string): Connection {
  return { id, from, to };
}

export function comment(id: string, more: Partial<PlanComment> = {}): PlanComment {
  return { id, elementId: null, author: "user", text: id, created: at(0), thread: [], ...more };
}

export function plan(more: Partial<Plan> = {}): Plan {
  return {
    schemaVersion: 2,
    title: "A plan",
    elements: [],
    connections: [],
    comments: [],
    viewport: { x: 0, y: 0, zoom: 1 },
    revision: 1,
    edits: [],
    ...more,
  };
}

export function meta(more: Partial<PlanMeta> = {}): PlanMeta {
  return { status: "draft", title: "A plan", template: "blank", lastEdited: at(0), review: { state: "none" }, ...more };
}

export function add(id: string, more: Partial<PlanElement> = {}): Operation {
  return { op: "add_element", element: { id, type: "text", ...more } };
}

export function plansIn(folder: string): Plans {
  return createPlans({ folder: `${folder}/plans`, clock: systemClock, ledger: ledgerIn(folder) });
}

/** What the stores of a folder have decided, as all of them read it. */
export function ledgerIn(folder: string): Ledger {
  return new DecisionFiles(`${folder}/state`, `${folder}/plans`);
}

/** What a result holds; fails the test where it holds a problem. */
export function held<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.reason}: ${result.problem.message}`);
  return result.value;
}
