import * as z from "../lib/schema.ts";
import type { SupervisorIdentity } from "../processes/supervisor-identity.ts";
import { INSTANCE_ID, isTerminal, type Instance, type InstanceState } from "../supervisor/instance.ts";
import { modelNamed, nameOf } from "../supervisor/fallbacks.ts";
import { reasons, terminalStatuses } from "../supervisor/outcome.ts";
import { isTerminalRecord } from "./terminal-record.ts";
import { questionSchema, questionsOf, toRecordQuestion } from "./record-questions.ts";

/** Raised with every change that an older plugin could not read. */
export const SCHEMA_VERSION = 2;
/** Of those before it each value still means the same. */
const OLDER_VERSION = 1;
const PREVIEW_CHARACTERS = 200;

const time = z.nullable(z.iso.datetime());
const tokens = z.object({
  input: z.number(),
  output: z.number(),
  reasoning: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
});
const supervisor = z.object({ pid: z.number(), startTime: z.string(), bootId: z.string(), token: z.string() });
const processIdentity = z.object({ pid: z.number(), startTime: z.string() });

/** `bg/<instanceId>.json`. Times are ISO 8601 in UTC. */
const recordSchema = z.object({
  schemaVersion: z.literal([OLDER_VERSION, SCHEMA_VERSION]),
  instanceId: z.string().check(z.regex(INSTANCE_ID)),
  sessionId: z.nullable(z.string()),
  /** A hash of the agent's definition and model when its session began, where the backend tells. */
  definition: z._default(z.nullable(z.string()), null),
  agent: z.string(),
  /** `provider/model`, split at the first slash. */
  model: z.string(),
  variant: z.nullable(z.string()),
  /** The models that go on where this one does not answer; `null`: those of the options. */
  fallback: z._default(z.nullable(z.array(z.string())), null),
  /** The models of the last turn that did not answer, with what they said. */
  modelsTried: z._default(z.array(z.object({ model: z.string(), error: z.string() })), []),
  /** Records of before there were two have none. */
  backend: z._default(z.enum(["process", "warm"]), "process"),
  /** The place elsewhere where it runs; absent: on the machine of its opencode. */
  on: z.optional(z.string()),
  /** Where exactly its last turn runs or ran, as that place has told. */
  place: z.optional(z.object({ host: z.nullable(z.string()), job: z.nullable(z.string()) })),
  /** Its session is gone with its turn: nothing can follow. */
  losesSession: z.optional(z.boolean()),
  title: z.string(),
  prompt: z.string(),
  promptPreview: z.string(),
  directory: z.string(),
  /** The agent's own folder, where it has one. */
  folder: z._default(
    z.nullable(z.object({ original: z.string(), copy: z.string(), directory: z.string(), base: z.string() })),
    null,
  ),
  /** What its last turn has left there. */
  changes: z._default(
    z.nullable(
      z.object({
        files: z.number(),
        insertions: z.number(),
        deletions: z.number(),
        patchPath: z.string(),
        applies: z.union([z.literal("clean"), z.array(z.string())]),
        leftOut: z.optional(z.array(z.string())),
      }),
    ),
    null,
  ),
  parent: z.object({ sessionId: z.string(), messageId: z.string(), agent: z.string() }),
  /** The task of a plan that it was sent out for. */
  planTask: z._default(z.nullable(z.object({ folder: z.string(), slug: z.string(), elementId: z.string() })), null),
  status: z.enum(["queued", "pending", "running", ...terminalStatuses]),
  reason: z.nullable(z.enum(reasons)),
  error: z.nullable(z.string()),
  timeoutMs: z.number(),
  deadlineMs: z.nullable(z.number()),
  onExit: z.enum(["kill", "finish"]),
  createdAt: z.iso.datetime(),
  startedAt: time,
  endedAt: time,
  turns: z.array(
    z.object({
      kind: z.enum(["initial", "follow_up", "intervention", "fallback"]),
      prompt: z.string(),
      /** The message of the session that the prompt became, where that is known. */
      messageId: z._default(z.nullable(z.string()), null),
      startedAt: time,
      endedAt: time,
      exitCode: z.nullable(z.number()),
      signal: z.nullable(z.string()),
    }),
  ),
  supervisor,
  process: z.nullable(processIdentity),
  voice: z.boolean(),
  toolCallCount: z.number(),
  tokens,
  costUsd: z.number(),
  lastActivityAt: z.iso.datetime(),
  activity: z.string(),
  interventions: z.number(),
  /** The calls of the last turn that were not allowed, in a line each. */
  refused: z._default(z.array(z.string()), []),
  /** The files that its calls of the last turn changed, and how many more there were; its last calls, in a line each. */
  changedFiles: z._default(z.array(z.string()), []),
  moreChangedFiles: z._default(z.number(), 0),
  lastCalls: z._default(z.array(z.string()), []),
  /** What it has asked the user, oldest first, and what came of it. */
  questions: z._default(z.array(questionSchema), []),
  /** What the user has allowed it for good. */
  allowed: z._default(z.array(z.object({ permission: z.string(), pattern: z.string() })), []),
  resultPreview: z.nullable(z.string()),
  /** Where in the result its parts are, in UTF-16 code units. */
  resultParts: z._default(z.nullable(z.object({ header: z.number(), last: z.number() })), null),
  logPath: z.string(),
  announce: z.enum(["wake", "note", "off"]),
  /** Prompts that wait behind the running turn. */
  followUps: z.array(z.string()),
  /** The telling of the last end to the parent session. */
  announcement: z.nullable(
    z.object({
      turn: z.int().check(z.gte(1)),
      mode: z.enum(["wake", "note"]),
      state: z.enum(["pending", "announced", "told", "dropped"]),
    }),
  ),
});

/** A record as it lies on disk. */
export type InstanceRecord = z.infer<typeof recordSchema>;

/** A record without what may be long: there are thousands of them, and lists show no whole prompt. */
export type ListedRecord = Omit<InstanceRecord, "prompt" | "turns">;

export function toListed(record: InstanceRecord): ListedRecord {
  const { prompt: _prompt, turns: _turns, ...listed } = record;
  return listed;
}

/** What only the writer of a record knows. */
export interface RecordOrigin {
  readonly supervisor: SupervisorIdentity;
  readonly onExit: InstanceRecord["onExit"];
  /** Of an instance that has no log yet. */
  readonly logPath: string;
}

/** The record of an instance. */
export function toRecord(instance: Instance, origin: RecordOrigin): InstanceRecord {
  const { state, progress, model } = instance;
  const { textPreview, liveness: _, ...counts } = progress;
  return {
    schemaVersion: SCHEMA_VERSION,
    instanceId: instance.instanceId,
    sessionId: instance.sessionId,
    definition: instance.definition ?? null,
    agent: instance.agent,
    model: nameOf(model),
    variant: model.variant ?? null,
    fallback: instance.fallback?.map(nameOf) ?? null,
    modelsTried: (instance.modelsTried ?? []).map((tried) => ({ ...tried })),
    backend: instance.backend ?? "process",
    ...(instance.on === undefined ? {} : whereabouts(instance)),
    title: instance.title,
    prompt: instance.prompt,
    promptPreview: instance.prompt.slice(0, PREVIEW_CHARACTERS),
    directory: instance.directory,
    folder: instance.folder ?? null,
    changes: toRecordChanges(instance),
    parent: { ...instance.parent },
    planTask: instance.planTask ?? null,
    // Nothing of it runs yet, wherever it waits.
    status: state.status === "pending" && state.isAwaited === true ? "queued" : state.status,
    reason: "reason" in state ? state.reason : null,
    error: "error" in state ? state.error : null,
    timeoutMs: instance.timeoutMs,
    deadlineMs: instance.deadlineMs,
    createdAt: new Date(instance.createdAt).toISOString(),
    startedAt: iso("startedAt" in state ? state.startedAt : null),
    endedAt: iso("endedAt" in state ? state.endedAt : null),
    turns: instance.turns.map((turn) => ({
      ...turn,
      messageId: turn.messageId ?? null,
      startedAt: iso(turn.startedAt),
      endedAt: iso(turn.endedAt),
    })),
    process: "process" in state ? state.process : null,
    ...counts,
    tokens: { ...progress.tokens },
    refused: [...progress.refused],
    changedFiles: [...progress.changedFiles],
    lastCalls: [...progress.lastCalls],
    lastActivityAt: new Date(progress.lastActivityAt).toISOString(),
    interventions: instance.turns.filter(({ kind }) => kind === "intervention").length,
    questions: (instance.questions ?? []).map(toRecordQuestion),
    allowed: (instance.allowed ?? []).map((rule) => ({ ...rule })),
    resultPreview: isTerminal(instance) ? instance.resultPreview : textPreview,
    resultParts: isTerminal(instance) ? (instance.resultParts ?? null) : null,
    announce: instance.announce,
    followUps: [...instance.followUps],
    announcement: instance.announcement,
    onExit: origin.onExit,
    supervisor: { ...origin.supervisor },
    logPath: instance.logPath ?? origin.logPath,
  };
}

function whereabouts({ on, place, losesSession }: Instance): Pick<InstanceRecord, "on" | "place" | "losesSession"> {
  return { on, place, ...(losesSession === true && { losesSession }) };
}

function toRecordChanges({ changes }: Instance): InstanceRecord["changes"] {
  if (changes === undefined) return null;
  const { applies, leftOut, ...counts } = changes;
  return {
    ...counts,
    applies: typeof applies === "string" ? applies : [...applies],
    ...(leftOut === undefined ? {} : { leftOut: [...leftOut] }),
  };
}

/** The instance of a record. */
export function fromRecord(record: InstanceRecord): Instance {
  return {
    instanceId: record.instanceId,
    agent: record.agent,
    model: { ...modelNamed(record.model), variant: record.variant ?? undefined },
    ...(record.fallback === null ? {} : { fallback: record.fallback.map(modelNamed) }),
    ...(record.modelsTried.length === 0 ? {} : { modelsTried: record.modelsTried }),
    backend: record.backend,
    on: record.on,
    place: record.place,
    losesSession: record.losesSession,
    title: record.title,
    prompt: record.prompt,
    directory: record.directory,
    folder: record.folder ?? undefined,
    changes: record.changes ?? undefined,
    parent: record.parent,
    planTask: record.planTask ?? undefined,
    createdAt: Date.parse(record.createdAt),
    timeoutMs: record.timeoutMs,
    deadlineMs: record.deadlineMs,
    announce: record.announce,
    followUps: record.followUps,
    announcement: record.announcement,
    sessionId: record.sessionId,
    definition: record.definition ?? undefined,
    logPath: record.logPath,
    state: readState(record),
    turns: record.turns.map((turn) => ({
      ...turn,
      messageId: turn.messageId ?? undefined,
      startedAt: epoch(turn.startedAt),
      endedAt: epoch(turn.endedAt),
    })),
    progress: {
      activity: record.activity,
      toolCallCount: record.toolCallCount,
      tokens: record.tokens,
      costUsd: record.costUsd,
      lastActivityAt: Date.parse(record.lastActivityAt),
      voice: record.voice,
      liveness: null,
      textPreview: record.resultPreview,
      refused: record.refused,
      changedFiles: record.changedFiles,
      moreChangedFiles: record.moreChangedFiles,
      lastCalls: record.lastCalls,
    },
    ...(record.questions.length === 0 ? {} : { questions: questionsOf(record) }),
    ...(record.allowed.length === 0 ? {} : { allowed: record.allowed }),
    resultPreview: record.endedAt === null ? null : record.resultPreview,
    resultParts: record.resultParts ?? undefined,
  };
}

function readState(record: InstanceRecord): InstanceState {
  const { status, process, reason, error } = record;
  const startedAt = epoch(record.startedAt);
  const createdAt = Date.parse(record.createdAt);
  switch (status) {
    case "queued":
      return { status };
    case "pending":
      return { status, startedAt: startedAt ?? createdAt, process, ending: null };
    case "running":
      return { status, startedAt: startedAt ?? createdAt, process, ending: null, intervention: null };
    case "done":
    case "failed":
    case "killed":
    case "timed_out":
      return { status, startedAt, endedAt: epoch(record.endedAt) ?? createdAt, process, reason, error };
  }
}

/** What a record of any schema has. */
const versioned = z.object({ schemaVersion: z.number() });

/** What was found where a record should be. */
export type RecordReading =
  | { readonly kind: "record"; readonly record: InstanceRecord }
  /** Written by a newer plugin: left where it is. */
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "corrupt"; readonly problem: string };

/** Reads the text of a record file. Never throws. */
export function parseRecord(text: string): RecordReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: "corrupt", problem: error instanceof Error ? error.message : String(error) };
  }
  const version = versioned.safeParse(value).data?.schemaVersion;
  if (version !== undefined && version > SCHEMA_VERSION) return { kind: "newer", version };
  const parsed = recordSchema.safeParse(value);
  if (parsed.success) return { kind: "record", record: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: "corrupt", problem: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not a record"}` };
}

/** Whether a record has ended, nothing waits behind it, and its end has been told, or is nobody's to be told. */
export function isSettled(record: Pick<InstanceRecord, "status" | "followUps" | "announcement">): boolean {
  return isTerminalRecord(record) && record.followUps.length === 0 && record.announcement?.state !== "pending";
}

const ENDED_LINES = terminalStatuses.map((status) => `\n  "status": "${status}",\n`);
const NOTHING_WAITS = `\n  "followUps": [],\n`;
const ANNOUNCEMENT = `\n  "announcement": `;
const IS_TOLD = /^(?:null|\{[^}]*"state": "(?:announced|told|dropped)"\s*\}),?\n/;

/**
 * Whether a record as this plugin writes it says so in its own lines, which no text in it can look like: a string of JSON
 * has no line break. Of one that is written otherwise it is not known.
 */
export function isPlainlySettled(text: string): boolean {
  const at = text.indexOf(ANNOUNCEMENT);
  const isTold = at >= 0 && IS_TOLD.test(text.slice(at + ANNOUNCEMENT.length));
  return isTold && text.includes(NOTHING_WAITS) && ENDED_LINES.some((line) => text.includes(line));
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function epoch(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}
