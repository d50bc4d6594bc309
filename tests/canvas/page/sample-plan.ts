import type { Operation } from "../../../src/plans/operations.ts";
import type { Connection, Plan, PlanComment, PlanElement } from "../../../src/plans/plan.ts";
import type { StoredPlan } from "../../../src/plans/plan-store-port.ts";

export const NOW = "2026-01-02T03:04:05.000Z";

export function element(id: string, more: Partial<PlanElement> = {}): PlanElement {
  return { id, type: "text", x: 0, y: 0, width: 300, height: 100, title: id, content: "", ...more };
}

/** Three elements in a row, the first two connected both ways, and a comment on the first. */
export function samplePlan(more: Partial<Plan> = {}): Plan {
  const elements = [element("el_a"), element("el_b", { x: 400 }), element("el_c", { x: 800 })];
  const connections: Connection[] = [
    { id: "conn_ab", from: "el_a", to: "el_b", label: "then" },
    { id: "conn_ba", from: "el_b", to: "el_a" },
  ];
  const comments: PlanComment[] = [
    { id: "c_1", elementId: "el_a", x: 10, y: 20, author: "user", text: "Why?", created: NOW, thread: [] },
  ];
  const viewport = { x: 0, y: 0, zoom: 1 };
  return { schemaVersion: 2, title: "Sample", elements, connections, comments, viewport, revision: 1, ...more };
}

export function stored(plan: Plan): StoredPlan {
  const meta = {
    status: "draft",
    title: plan.title,
    template: "blank",
    lastEdited: NOW,
    review: { state: "none" },
  } as const;
  return { slug: "sample", plan, meta };
}

/** Says the new title of an element. */
export function retitle(id: string, title: string, base?: string): Operation {
  return { op: "update_element", id, changes: { title }, ...(base === undefined ? {} : { base: { title: base } }) };
}
