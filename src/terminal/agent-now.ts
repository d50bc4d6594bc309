import type { LiveState } from "../store/live-file.ts";
import type { ListedRecord } from "../store/record.ts";
import { isTerminalRecord } from "../store/terminal-record.ts";
import { plainLine, timeSpan } from "../text/plain-text.ts";
import { plainName } from "../text/plain-name.ts";
import type { Span } from "./lines.ts";
import { span } from "./lines.ts";

/** An agent as the screen knows it. */
export interface AgentNow {
  readonly record: ListedRecord;
  /** Newer than the record, while it runs. */
  readonly live: LiveState | undefined;
  /** Whether somebody runs it, as far as can be told from here. */
  readonly isOwned: boolean;
}

const NAME_CHARACTERS = 24;
const ACTIVITY_CHARACTERS = 200;

/** Whether it is at work, or waits for its place. */
export function isAlive({ record, isOwned }: AgentNow): boolean {
  return isOwned && !isTerminalRecord(record);
}

/** The oldest first; of the same moment, by their ids. */
export function byAge(one: Pick<ListedRecord, "createdAt" | "instanceId">, other: typeof one): number {
  const [a, b] = [one, other].map(({ createdAt, instanceId }) => `${createdAt} ${instanceId}`) as [string, string];
  return a < b ? -1 : 1;
}

export function isQueued({ record }: AgentNow): boolean {
  return record.status === "queued";
}

export function nameOf({ record }: AgentNow): string {
  return plainLine(plainName(record.agent), NAME_CHARACTERS);
}

export function titleOf({ record }: AgentNow): string {
  const title = plainLine(record.title, ACTIVITY_CHARACTERS);
  return title === "" ? record.instanceId : title;
}

/** What it does, without the word for a tool: `bash bun test`. */
export function activityOf({ record, live }: AgentNow): string {
  const activity = live?.activity ?? record.activity;
  return plainLine(activity.replace(/^tool (\S+?): /, "$1 ").replace(/^tool /, ""), ACTIVITY_CHARACTERS);
}

/** How long it has done that, for people: nothing in the first moment. */
export function activityTime({ live }: AgentNow, now: number): string {
  const seconds = live === undefined ? 0 : Math.floor((now - live.since) / 1000);
  return seconds < 1 ? "" : timeSpan(seconds * 1000);
}

export function costOf({ record, live }: AgentNow): number {
  return Math.max(record.costUsd, live?.costUsd ?? 0);
}

export function tokensOf({ record, live }: AgentNow): number {
  const { input, output, reasoning, cacheRead, cacheWrite } = record.tokens;
  return Math.max(input + output + reasoning + cacheRead + cacheWrite, live?.tokens ?? 0);
}

/** How long it has run, or took. */
export function elapsed({ record }: AgentNow, now: number): string {
  if (record.startedAt === null) return "";
  return timeSpan((record.endedAt === null ? now : Date.parse(record.endedAt)) - Date.parse(record.startedAt));
}

/** What it asks the user, the oldest first. */
export function asksOf({ record }: AgentNow): readonly ListedRecord["questions"][number][] {
  return record.questions.filter(({ state }) => state === "open");
}

/** Its first question in a line: `asks: bash: git push`. */
export function askWords(agent: AgentNow): string | undefined {
  const [first] = asksOf(agent);
  return first === undefined ? undefined : `asks: ${plainLine(first.what, ACTIVITY_CHARACTERS)}`;
}

const TURNING = ["◐", "◓", "◑", "◒"];

/** A sign for how it stands. */
export function glyph(agent: AgentNow, now: number): Span {
  const { status } = agent.record;
  if (asksOf(agent).length > 0 && isAlive(agent)) return span("▲", "warning");
  if (!isTerminalRecord(agent.record) && !agent.isOwned) return span("?", "warning");
  switch (status) {
    case "queued":
      return span("◌", "textMuted");
    case "pending":
    case "running":
      return span(TURNING[Math.floor(now / 1000) % TURNING.length] ?? "◐", "primary");
    case "done":
      return span("✓", "success");
    case "failed":
      return span("✗", "error");
    case "killed":
    case "timed_out":
      return span("■", "warning");
  }
}

/** A status, and why, where that says more. */
export function statusWords({ record, isOwned }: AgentNow): string {
  const { status, reason } = record;
  if (!isTerminalRecord(record) && !isOwned) return "its opencode is gone";
  return reason === null || reason === status ? status : `${status}: ${reason}`;
}
