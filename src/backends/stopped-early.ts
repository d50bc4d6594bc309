import type { TurnEnd } from "../supervisor/ports.ts";

/** The end of a turn that was stopped before anything of it ran. */
export function stoppedEarly(): TurnEnd {
  return { evidence: { cause: { kind: "broken_off" }, lastErrorLines: [], words: [] }, textIncomplete: false };
}

/** The end of a turn of which nothing has run. */
export function neverRun(why: string, workspaceError?: string): TurnEnd {
  const evidence = { cause: { kind: "not_started", why }, workspaceError, lastErrorLines: [], words: [] } as const;
  return { evidence, textIncomplete: false };
}
