import type { TurnEnd } from "../supervisor/ports.ts";

/** The end of a turn that was stopped before anything of it ran. */
export function stoppedEarly(): TurnEnd {
  return { evidence: { cause: { kind: "broken_off" }, lastErrorLines: [], words: [] }, textIncomplete: false };
}
