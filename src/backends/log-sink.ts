import type { TurnRequest } from "../supervisor/ports.ts";

/**
 * Where the lines of one agent's log go. Never throws: a full disk must not end an agent. Synchronous: the pipes are
 * read no faster than their lines are written.
 */
export interface LogSink {
  /** Adds one line; `source` is what it starts with in the file. */
  write(source: "stdout" | "stderr", line: string): void;
  /** Every line is in the file, as far as the disk takes it, when this returns. */
  close(): void;
}

/** What says which log a turn is written to. */
export type LoggedTurn = Pick<TurnRequest, "instanceId" | "logPath">;
