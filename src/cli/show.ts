import { readFile } from "node:fs/promises";
import { describeError } from "../lib/describe-error.ts";
import type { InstanceRecord } from "../store/record.ts";
import { questionsOf } from "../store/record-questions.ts";
import { openLines } from "../supervisor/answer-words.ts";
import { resultPath } from "../store/state-paths.ts";
import { CommandError, type Command, type CommandContext } from "./command.ts";
import { findRecord, ownerState } from "./find-record.ts";
import { duration, plainLine, plainText } from "../text/plain-text.ts";
import { colouredStatus } from "../text/table.ts";
import { plainName } from "../text/plain-name.ts";

const LINE_CHARACTERS = 400;

/** `show`: what is known of one agent, and its result. */
export const show: Command = {
  usage: "show <id> [--json]",
  summary: "What is known of one agent, and its whole result.",
  takesId: true,
  flags: { json: { about: 'the record as JSON, with the result as "result"' } },
  async run(context, { values, positionals: [id = ""] }) {
    const record = await findRecord(context, id);
    const result = await readResult(context, record);
    if (values["json"] === true) await context.print(`${JSON.stringify({ ...record, result }, undefined, 2)}\n`);
    else await context.print(describe(record, result, context.colours));
    return 0;
  },
};

/** The whole result of the last turn; `null` when there is none. */
async function readResult({ paths }: CommandContext, record: InstanceRecord): Promise<string | null> {
  if (record.endedAt === null || record.resultPreview === null) return null;
  try {
    return await readFile(resultPath(paths, record.instanceId), "utf8");
  } catch (error) {
    throw new CommandError(`The result of ${record.instanceId} cannot be read: ${describeError(error)}`);
  }
}

function describe(record: InstanceRecord, result: string | null, colours: boolean): string {
  const lines = facts(record, colours).map(([name, value]) => `${`${name}:`.padEnd(12)}${value}\n`);
  const preview = record.endedAt === null ? record.resultPreview : null;
  const text = result ?? preview;
  const head = result === null ? "so far, the end of what it wrote" : "result";
  return `${lines.join("")}${text === null ? "" : `\n--- ${head} ---\n${plainText(text).trimEnd()}\n`}`;
}

function facts(record: InstanceRecord, colours: boolean): [name: string, value: string][] {
  const { tokens, turns, supervisor, moreChangedFiles: more } = record;
  const end = record.endedAt === null ? Date.now() : Date.parse(record.endedAt);
  const took = record.startedAt === null ? "not started" : duration(end - Date.parse(record.startedAt));
  const reason = record.reason === null || record.reason === record.status ? "" : ` (${record.reason})`;
  const used = `${tokens.input + tokens.cacheRead + tokens.cacheWrite} tokens in, ${tokens.output + tokens.reasoning} out`;
  const all: [string, string | null][] = [
    ["id", record.instanceId],
    ["agent", `${plainLine(plainName(record.agent), LINE_CHARACTERS)} on ${plainLine(record.model, LINE_CHARACTERS)}`],
    ["backend", record.backend],
    ["on", record.on === undefined ? null : whereabouts(record)],
    ["title", plainLine(record.title, LINE_CHARACTERS)],
    ["status", `${colouredStatus(record.status, colours)}${reason}`],
    ["error", record.error === null ? null : plainText(record.error)],
    ["changed", lines([...record.changedFiles, ...(more === 0 ? [] : [`and ${more} more`])])],
    ["refused", lines(record.refused)],
    ["last calls", lines(record.lastCalls)],
    ["asks", lines(openLines(questionsOf(record)))],
    ["activity", record.endedAt === null ? plainLine(record.activity, LINE_CHARACTERS) : null],
    ["created", record.createdAt],
    ["ended", record.endedAt],
    ["took", took],
    ["work", `${record.toolCallCount} tool calls, ${used}, $${record.costUsd.toFixed(4)}`],
    ["turns", turns.map(({ kind }) => kind).join(", ")],
    ["session", record.sessionId ?? "none yet"],
    ["parent", `${plainName(record.parent.agent)}, session ${record.parent.sessionId}`],
    ["folder", plainLine(record.directory, LINE_CHARACTERS)],
    ["process", record.endedAt === null && record.process !== null ? String(record.process.pid) : null],
    ["opencode", `process ${supervisor.pid} (${ownerState(record)})`],
    ["log", record.logPath],
    ["prompt", plainLine(record.prompt, LINE_CHARACTERS)],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}

/** A line for each text of a model; `null` where there is none. */
function lines(texts: readonly string[]): string | null {
  return texts.length === 0 ? null : texts.map((text) => plainLine(text, LINE_CHARACTERS)).join("\n");
}

function whereabouts({ on = "", place }: InstanceRecord): string {
  const job = place?.job == null ? null : `job ${place.job}`;
  const exactly = [place?.host ?? null, job].filter((part) => part !== null);
  return plainLine(exactly.length === 0 ? on : `${on} (${exactly.join(", ")})`, LINE_CHARACTERS);
}
