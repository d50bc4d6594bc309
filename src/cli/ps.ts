import type { ListedRecord } from "../store/record.ts";
import type { Command } from "./command.ts";
import { ownerState } from "./find-record.ts";
import { duration, plainLine } from "../text/plain-text.ts";
import { colouredStatus, table } from "../text/table.ts";
import { plainName } from "../text/plain-name.ts";

const HEAD = ["ID", "AGENT", "STATUS", "ACTIVITY", "TOOLS", "COST", "AGE", "OPENCODE", "TITLE"];
const TITLE_CHARACTERS = 40;

/** `ps`: the agents that are at work, or all. */
export const ps: Command = {
  usage: "ps [--all] [--json]",
  summary: "The agents that wait or run, of every opencode that uses the state folder.",
  takesId: false,
  flags: {
    all: { short: "a", about: "also those that have ended" },
    json: { about: "as a JSON array, with every number in full" },
  },
  async run({ records, print, warn, colours }, { values }) {
    const all = await records.list();
    const chosen = values["all"] === true ? all : all.filter(({ endedAt }) => endedAt === null);
    if (values["json"] === true) {
      await print(`${JSON.stringify(chosen.map(view), undefined, 2)}\n`);
      return 0;
    }
    if (chosen.length > 0)
      await print(
        table(
          HEAD,
          chosen.map((record) => row(record, colours)),
        ),
      );
    else warn(all.length === 0 ? "there are no agents" : `no agent is at work; ${all.length} have ended (--all)`);
    return 0;
  },
};

function view(record: ListedRecord): Record<string, unknown> {
  const { instanceId, sessionId, agent, title, status, reason, activity, toolCallCount, tokens, costUsd } = record;
  const { createdAt, startedAt, endedAt, lastActivityAt, logPath, supervisor, process } = record;
  return {
    ...{ instanceId, sessionId, agent, title, status, reason, activity, toolCallCount, tokens, costUsd },
    ...{ createdAt, startedAt, endedAt, lastActivityAt, ageMs: Date.now() - Date.parse(createdAt) },
    owner: { pid: supervisor.pid, state: ownerState(record) },
    ...{ processId: process?.pid ?? null, logPath },
  };
}

function row(record: ListedRecord, colours: boolean): string[] {
  const hasEnded = record.endedAt !== null;
  const end = record.reason === null || record.reason === record.status ? "" : `: ${record.reason}`;
  return [
    record.instanceId,
    plainLine(plainName(record.agent), TITLE_CHARACTERS),
    `${colouredStatus(record.status, colours)}${end}`,
    hasEnded ? "-" : plainLine(record.activity, TITLE_CHARACTERS),
    String(record.toolCallCount),
    `$${record.costUsd.toFixed(2)}`,
    duration(Date.now() - Date.parse(record.createdAt)),
    hasEnded ? "-" : ownerState(record),
    plainLine(record.title, TITLE_CHARACTERS),
  ];
}
