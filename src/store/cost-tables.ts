import { spentBy, spentPer, type Spent } from "./spent.ts";
import type { ListedRecord } from "./record.ts";
import { count, money } from "../text/amounts.ts";
import { plainName } from "../text/plain-name.ts";
import { plainLine } from "../text/plain-text.ts";
import { table } from "../text/table.ts";

const NAME_CHARACTERS = 60;

/** What costs are counted by, and how a record is named in each. */
export const costGroups = {
  agent: ({ agent }: ListedRecord) => plainName(agent),
  model: ({ model }: ListedRecord) => model,
  session: ({ parent }: ListedRecord) => parent.sessionId,
  place: ({ on }: ListedRecord) => on ?? "here",
} as const;

/**
 * What agents have cost: by agent, by model, by the session that asked for them, by place where there are several, and in
 * all.
 */
export function costTables(records: readonly ListedRecord[]): string {
  const isElsewhere = records.some(({ on }) => on !== undefined);
  const groups = Object.entries(costGroups).filter(([name]) => name !== "place" || isElsewhere);
  const tables = groups.map(([name, nameOf]) => {
    const rows = spentPer(records, nameOf).map((group) => row(group.name, group.spent));
    return table([name.toUpperCase(), "AGENTS", "TOOLS", "TOKENS", "COST"], rows);
  });
  const { agents, tokens, costUsd } = spentBy(records);
  const all = `${agents} ${agents === 1 ? "agent" : "agents"}: ${count(tokens)} tokens, ${money(costUsd)}\n`;
  return [...tables, all].join("\n");
}

function row(name: string, { agents, toolCalls, tokens, costUsd }: Spent): string[] {
  return [plainLine(name, NAME_CHARACTERS), String(agents), count(toolCalls), count(tokens), money(costUsd)];
}
