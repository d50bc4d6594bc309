import { describeError } from "../lib/describe-error.ts";
import type { RunningTurn, TurnEnd } from "./ports.ts";

/** Ends a turn whose run broke off inside the plugin: nobody knows what is left of it. Never throws. */
export function brokenEnd(run: Pick<RunningTurn, "stopNow">, error: unknown): TurnEnd {
  let unseen = "Nobody has looked.";
  try {
    run.stopNow();
  } catch (cause) {
    unseen = describeError(cause);
  }
  const sessionError = `The plugin lost the run of this agent: ${describeError(error)}`;
  const seen = { sessionError, lastErrorLines: [], words: [] };
  return { evidence: { cause: { kind: "broken_off" }, ...seen }, textIncomplete: true, unseen };
}
