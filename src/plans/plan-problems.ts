import { describeError } from "../lib/describe-error.ts";
import type { PlanProblem } from "./plan-store-port.ts";

export function problem(reason: PlanProblem["reason"], message: string): { ok: false; problem: PlanProblem } {
  return { ok: false, problem: { reason, message } };
}

/** What the disk or its permissions did, as a value. What is no error of the system is thrown on. */
export async function caught<T extends { ok: boolean }>(
  run: () => Promise<T>,
): Promise<T | { ok: false; problem: PlanProblem }> {
  try {
    return await run();
  } catch (error) {
    // Those of SQLite say SQLITE_…, those of the system E….
    if (!(error instanceof Error && "code" in error)) throw error;
    return problem("unwritable", `The plan could not be read or written: ${describeError(error)}`);
  }
}
