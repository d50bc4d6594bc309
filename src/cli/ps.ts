import type { ListedRecord } from "../store/record.ts";
import { agentsNow } from "./agents-now.ts";
import { agentsTable, totals } from "./agents-table.ts";
import { choice, CHOICE_FLAGS, orderNamed, orders, sorted } from "./choice.ts";
import { CommandError, type Command } from "./command.ts";
import { ownerState } from "./find-record.ts";
import { streamAgents, watchAgents } from "./ps-watch.ts";

/** `ps`: the agents that are at work, or all. */
export const ps: Command = {
  usage: "ps [-w] [--all] [--json]",
  summary: "The agents that wait or run, of every opencode that uses the state folder.",
  takesId: false,
  flags: {
    all: { short: "a", about: "also those that have ended" },
    watch: { short: "w", about: "goes on, as they change; with --json a line for each change" },
    sort: { value: "by", about: `the largest first: ${Object.keys(orders).join(", ")}` },
    ...CHOICE_FLAGS,
    json: { about: "as a JSON array, with every number in full" },
  },
  async run(context, { values }) {
    const { records, print, warn, colours, columns } = context;
    const order = orderNamed(values["sort"]);
    const isChosen = choice(values);
    const isJson = values["json"] === true;
    const look = async () => {
      const now = Date.now();
      return sorted((await agentsNow(context, isJson ? undefined : now)).filter(isChosen), order, now);
    };
    if (values["watch"] === true) {
      if (isJson) return await streamAgents(context, async () => (await look()).map(view));
      if (columns === undefined) {
        throw new CommandError("ps -w needs a terminal. Without one, ps --json -w writes a line for each change.", 2);
      }
      return await watchAgents(context, { values, order });
    }
    const chosen = await look();
    if (isJson) {
      await print(`${JSON.stringify(chosen.map(view), undefined, 2)}\n`);
      return 0;
    }
    if (chosen.length > 0) {
      await print(agentsTable(chosen, { colours, columns, now: Date.now() }));
      if (columns !== undefined) await print(`${totals(chosen)}\n`);
      return 0;
    }
    warn(nobody(await records.list(), values["all"] === true));
    return 0;
  },
};

function nobody(all: readonly ListedRecord[], withEnded: boolean): string {
  if (all.length === 0) return "there are no agents";
  const ended = all.filter(({ endedAt }) => endedAt !== null).length;
  if (ended === all.length && !withEnded) return `no agent is at work; ${ended} have ended (--all)`;
  return `none of ${all.length} agents is meant${withEnded ? "" : `; ${ended} have ended (--all)`}`;
}

function view(record: ListedRecord): Record<string, unknown> {
  const { instanceId, sessionId, agent, model, title, status, reason, activity, toolCallCount, tokens, costUsd } =
    record;
  const { createdAt, on, startedAt, endedAt, lastActivityAt, logPath, supervisor, process, parent } = record;
  return {
    ...(on === undefined ? {} : { on, place: record.place }),
    ...{ instanceId, sessionId, agent, model, title, status, reason, activity, toolCallCount, tokens, costUsd },
    ...{ createdAt, startedAt, endedAt, lastActivityAt, ageMs: Date.now() - Date.parse(createdAt) },
    parent: { sessionId: parent.sessionId, agent: parent.agent },
    owner: { pid: supervisor.pid, state: ownerState(record) },
    ...{ processId: process?.pid ?? null, logPath },
  };
}
