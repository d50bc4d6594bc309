import type { ChangesDecision, DecisionAnswer, PatchAnswer, ReviewedChanges, Round } from "./changes-api.ts";

/** What the page of changes asks for, or why it is not done. */
export type ChangesResult<T> =
  | { readonly ok: true; readonly value: T }
  /** `gone`: there is nothing such; `refused`: not as it is now; `failed`: it may go another time. */
  | { readonly ok: false; readonly reason: "gone" | "refused" | "failed"; readonly error: string };

/** What the canvas needs of agents' changes. */
export interface CanvasChanges {
  look(instanceId: string): Promise<ChangesResult<ReviewedChanges>>;
  /** @param version one that {@link look} has told of */
  patch(instanceId: string, version: string, path: string): Promise<ChangesResult<PatchAnswer>>;
  readRound(instanceId: string): Promise<Round>;
  writeRound(instanceId: string, round: Round): Promise<ChangesResult<null>>;
  /** Does what a person has decided. */
  decide(instanceId: string, decision: ChangesDecision): Promise<ChangesResult<DecisionAnswer>>;
  /** The agents with changes that work from a plan. */
  ofPlan(slug: string): Promise<readonly ReviewedChanges[]>;
}
