import { logTail } from "../../store/log-tail.ts";
import { duration, plainLine } from "../../text/plain-text.ts";
import { costTables } from "../../store/cost-tables.ts";
import { table } from "../../text/table.ts";
import { endInstance } from "../../fleet/end-instance.ts";
import type { ListedEntry } from "../../fleet/instance-catalog.ts";
import type { CommandContext } from "./command-context.ts";
import { planSubcommands } from "./plan.ts";
import { answerSubcommands } from "./answer-agents.ts";
import { changesSubcommands } from "./changes-commands.ts";
import { meantAgent } from "./meant-agent.ts";
import { expectWords, NotDone, usageOf, type Subcommand } from "./subcommand.ts";
import { visualPlanSubcommands } from "./visual-plan.ts";
import { plainName } from "../../text/plain-name.ts";

const ENDED_SHOWN = 10;
const LOG_LINES = 40;
const LINE_CHARACTERS = 300;
const CELL_CHARACTERS = 24;

/** `/bizar`: the background agents. */
export const bizarSubcommands: Readonly<Record<string, Subcommand<CommandContext>>> = {
  list: {
    usage: "list",
    about: "the background agents: those at work, and the last that ended; /bizar alone does the same",
    async run({ fleet }, words) {
      expectWords(words, 0, 0);
      return listText(await (await fleet()).catalog.list());
    },
  },
  logs: {
    usage: "logs <id>",
    about: "the last lines of an agent's log; the end of the id, or its title, will do",
    async run(context, words) {
      const { record } = await meantAgent(context, words);
      const lines = await logTail(record.logPath, LOG_LINES);
      const end = record.endedAt === null ? `${record.status}, ${record.activity}` : record.status;
      const head = `${plainName(record.agent)} ${record.instanceId}: ${end}\n${record.logPath}`;
      const text = lines.map((line) => plainLine(line, LINE_CHARACTERS)).join("\n");
      return `${head}\n\n${text === "" ? "The log is empty." : text}`;
    },
  },
  kill: {
    usage: "kill <id>",
    about: "ends an agent and everything that it started",
    async run(context, words) {
      const { record } = await meantAgent(context, words);
      const { instanceId, status } = record;
      const agent = plainName(record.agent);
      if (record.endedAt !== null) return `${agent} ${instanceId} has ended already: ${status}.`;
      const limit = new AbortController().signal;
      const ended = await endInstance(
        await context.fleet(),
        instanceId,
        context.killGraceMs,
        limit,
        context.whoseAct().by !== "agent",
      );
      if (ended?.why !== undefined) throw new NotDone(`${agent} ${instanceId} has not ended. ${ended.why}`);
      return `${agent} ${instanceId}: ${ended?.entry.record.status ?? "gone"}.`;
    },
  },
  cost: {
    usage: "cost",
    about: "what agents have cost: by agent, by model, and by the session that asked",
    async run({ fleet }, words) {
      expectWords(words, 0, 0);
      const all = (await (await fleet()).catalog.list()).map(({ record }) => record);
      return all.length === 0 ? "There are no background agents." : costTables(all).trimEnd();
    },
  },
  ...answerSubcommands,
  ...changesSubcommands,
  help: {
    usage: "help",
    about: "this",
    async run() {
      const visual = usageOf("visual-plan", visualPlanSubcommands);
      return `Background agents\n${usageOf("bizar", bizarSubcommands)}\n\nVisual plans\n${usageOf("plan", planSubcommands)}\n\nPlanning first\n${visual}`;
    },
  },
};

function statusOf({ status, reason }: ListedEntry["record"]): string {
  return reason === null || reason === status ? status : `${status}: ${reason}`;
}

function listText(all: readonly ListedEntry[]): string {
  const ended = all.filter(({ record }) => record.endedAt !== null);
  const hidden = new Set(ended.slice(0, -ENDED_SHOWN));
  const shown = all.filter((entry) => !hidden.has(entry));
  if (shown.length === 0) return "There are no background agents.";
  const rows = shown.map(({ record }) => [
    record.instanceId,
    plainLine(plainName(record.agent), CELL_CHARACTERS),
    `${statusOf(record)}${record.on === undefined ? "" : ` on ${record.on}`}`,
    record.endedAt === null ? plainLine(record.activity, CELL_CHARACTERS) : "-",
    String(record.toolCallCount),
    `$${record.costUsd.toFixed(2)}`,
    duration(Date.now() - Date.parse(record.createdAt)),
  ]);
  const [head, ...lines] = table(["ID", "AGENT", "STATUS", "ACTIVITY", "TOOLS", "COST", "AGE"], rows)
    .trimEnd()
    .split("\n");
  const withLogs = lines.map((line, index) => `${line}\n  ${shown[index]?.record.logPath ?? ""}`);
  const more = hidden.size === 0 ? [] : [`and ${hidden.size} that ended earlier`];
  return [head, ...withLogs, ...more].join("\n");
}
