import type { Operation } from "./operations.ts";
import { problem } from "./plan-problems.ts";
import type { Result } from "./plan-store-port.ts";
import type { Plan } from "./plan.ts";

/** The plan with the comments of a person's round. */
export async function withRemarks(plan: Plan, operations: readonly Operation[], now: string): Promise<Result<Plan>> {
  if (operations.length === 0) return { ok: true, value: plan };
  const { applyOperations } = await import("./apply-operations.ts");
  const applied = applyOperations(plan, { kind: "person" }, operations, now);
  return applied.ok ? { ok: true, value: applied.plan } : problem("not_allowed", applied.refusal.message);
}
