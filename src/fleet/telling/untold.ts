import type { Timer } from "../../lib/clock.ts";

/** An end that a session has to be told of. */
export interface Untold {
  /** An earlier host left it: the session may have gone on since, and is not woken. */
  isLeft: boolean;
  /** The turn whose end the answer of a tool has told. */
  answeredTurn: number | null;
  /** It is told together with others, which still run. */
  readonly waits: () => boolean;
}

/** A session, and what it has to be told of. */
export interface UntoldParent {
  readonly ends: Map<string, Untold>;
  timer: Timer | null;
  retryMs: number;
  /** Settles when what is being told is told. */
  telling: Promise<void> | null;
}

export function untoldParent(retryMs: number): UntoldParent {
  return { ends: new Map(), timer: null, retryMs, telling: null };
}
