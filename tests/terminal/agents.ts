import type { AgentNow } from "../../src/terminal/agent-now.ts";
import { toListed, toRecord, type ListedRecord } from "../../src/store/record.ts";
import { sampleInstance } from "../supervisor/sample-instance.ts";

/** The moment of the screens under test. */
export const NOW = Date.parse("2026-01-01T12:00:00Z");

interface Given extends Partial<ListedRecord> {
  /** What it does now, as the live file has it, and for how long. */
  readonly does?: readonly [activity: string, forMs: number];
  readonly isOwned?: boolean;
}

/** An agent as the screen knows it. */
export function agentNow({ does, isOwned = true, ...given }: Given = {}): AgentNow {
  const supervisor = { pid: 1, startTime: "1", bootId: "b", token: "T" };
  const listed = toListed(toRecord(sampleInstance("running"), { supervisor, onExit: "kill", logPath: "/logs/x.log" }));
  const record = { ...listed, startedAt: new Date(NOW - 60_000).toISOString(), ...given };
  const [activity, forMs] = does ?? ["", 0];
  const live = { activity, since: NOW - forMs, toolCallCount: 1, costUsd: 0, tokens: 0, lastActivityAt: NOW };
  return { record, live: does === undefined ? undefined : live, isOwned };
}
