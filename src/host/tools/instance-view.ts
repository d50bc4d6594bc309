import type { ListedRecord } from "../../store/record.ts";
import { duration, timeSpan } from "../../text/plain-text.ts";
import { plainName } from "../../text/plain-name.ts";
import type { ListedEntry } from "../../fleet/instance-catalog.ts";
import { shorten } from "../../text/shorten.ts";
import { deedsView } from "./deeds-view.ts";

const MAX_ERROR_CHARACTERS = 1000;
const TITLE_CHARACTERS = 60;
/** Of what a run has cost, so many digits say enough. */
const COST_DIGITS = 3;
/** What one that has ended did is told beside many others; a collect tells more of it. */
const DEEDS_BYTES = 4000;

/** An instance as `bizar_status` shows it; what is absent does not apply, or is none. */
export function instanceView(entry: ListedEntry, now: number): Record<string, unknown> {
  const { record, queuePosition, waitsFor } = entry;
  return {
    ...whichAgent(record),
    status: record.status,
    ...(record.on === undefined ? {} : { on: record.on }),
    ...(record.reason === null ? {} : { reason: record.reason }),
    ...(isAtWork(record) ? { activity: activityOf(entry, now) } : {}),
    ...(queuePosition === undefined ? {} : { queuePosition }),
    ...(waitsFor === undefined ? {} : { waitsFor: waitsFor.what }),
    ...(record.toolCallCount === 0 ? {} : { toolCallCount: record.toolCallCount }),
    ...spending(record, now),
    ...(record.changes === null ? {} : { changes: record.changes }),
    ...(record.error === null ? {} : { error: shorten(record.error, MAX_ERROR_CHARACTERS) }),
    ...(record.endedAt === null ? {} : deedsView(record, DEEDS_BYTES)),
  };
}

/** What tells an agent from the others. */
export function whichAgent({ instanceId, agent, title }: ListedRecord): Record<string, unknown> {
  return { instanceId, agent: plainName(agent), title: shownTitle(title) };
}

/** A title as answers have it. */
export function shownTitle(title: string): string {
  return shorten(title, TITLE_CHARACTERS);
}

/** The title of an agent: the one that it is given, or the first words of what it is to do. */
export function titleOf(given: string | undefined, prompt: string): string {
  return given ?? shownTitle(prompt.trim().replaceAll(/\s+/g, " "));
}

/** What a run has cost, where it did, and how long it took or waits. */
export function spending(record: ListedRecord, now: number): Record<string, unknown> {
  const { costUsd, createdAt, startedAt, endedAt } = record;
  const end = endedAt === null ? now : Date.parse(endedAt);
  return {
    ...(costUsd === 0 ? {} : { costUsd: Number(costUsd.toPrecision(COST_DIGITS)) }),
    elapsed: duration(end - Date.parse(startedAt ?? createdAt)),
  };
}

/** What an agent does, and for how long its tool has run. */
function activityOf({ record: { activity }, toolSince }: ListedEntry, now: number): string {
  if (toolSince === undefined || !activity.startsWith("tool ")) return activity;
  return `${activity}, ${timeSpan(now - toolSince)}`;
}

function isAtWork({ status }: ListedRecord): boolean {
  return status === "pending" || status === "running";
}
