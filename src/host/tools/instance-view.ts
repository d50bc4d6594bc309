import type { ListedEntry } from "../instance-catalog.ts";
import { shorten } from "./answer.ts";
import { plainName } from "../../text/plain-name.ts";

const MAX_ERROR_CHARACTERS = 1000;

/** An instance as `bizar_status` shows it. Times are ISO 8601; absent means that it does not apply. */
export function instanceView({ record, queuePosition, waitsFor }: ListedEntry): Record<string, unknown> {
  return {
    instanceId: record.instanceId,
    sessionId: record.sessionId,
    agent: plainName(record.agent),
    title: record.title,
    status: record.status,
    ...(record.reason === null ? {} : { reason: record.reason }),
    activity: record.activity,
    ...(queuePosition === undefined ? {} : { queuePosition }),
    ...(waitsFor === undefined ? {} : { waitsFor: waitsFor.what }),
    toolCallCount: record.toolCallCount,
    tokens: record.tokens,
    costUsd: record.costUsd,
    startedAt: record.startedAt,
    ...(record.endedAt === null ? {} : { endedAt: record.endedAt }),
    lastActivityAt: record.lastActivityAt,
    ...(record.changes === null ? {} : { changes: record.changes }),
    promptPreview: record.promptPreview,
    ...(record.resultPreview === null ? {} : { resultPreview: record.resultPreview }),
    ...(record.error === null ? {} : { error: shorten(record.error, MAX_ERROR_CHARACTERS) }),
    logPath: record.logPath,
  };
}
