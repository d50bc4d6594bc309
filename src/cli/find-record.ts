import { isAlive } from "../processes/supervisor-identity.ts";
import { agentsEndingWith, agentsMeant } from "../store/matching-records.ts";
import type { InstanceRecord } from "../store/record.ts";
import { CommandError, type CommandContext } from "./command.ts";
import { plainName } from "../text/plain-name.ts";

const MOST_NAMED = 5;

/**
 * The record that an id, the start of one, its end, or a title means.
 *
 * @throws CommandError when there is none, or more than one
 */
export async function findRecord({ records, paths }: CommandContext, given: string): Promise<InstanceRecord> {
  const exact = await records.read(given);
  if (exact !== undefined) return exact;
  const all = await records.list();
  const meant = agentsMeant(all, given);
  const isShort = meant.length === 0;
  // Typed by a person, who sees which one it was.
  const found = isShort ? agentsEndingWith(all, given) : meant;
  const [only] = found;
  if (only === undefined) {
    throw new CommandError(`There is no agent ${JSON.stringify(given)} in ${paths.recordDir}. "ps --all" lists them.`);
  }
  if (found.length === 1) {
    const record = await records.read(only.instanceId);
    if (record !== undefined) return record;
  }
  const named = found
    .slice(-MOST_NAMED)
    .map(({ instanceId, agent, status }) => `  ${instanceId}  ${plainName(agent)}  ${status}`);
  const more = found.length > MOST_NAMED ? [`  and ${found.length - MOST_NAMED} more`] : [];
  const tooShort = isShort ? " Six characters of an id tell them apart." : "";
  const which = `${JSON.stringify(given)} can be ${found.length} agents.${tooShort}`;
  throw new CommandError(`${which}\n${[...named, ...more].join("\n")}`);
}

/** `lives`, `gone`, or `elsewhere`: of another boot or container, which cannot be judged from here. */
export function ownerState(record: Pick<InstanceRecord, "supervisor">): "lives" | "gone" | "elsewhere" {
  const lives = isAlive(record.supervisor);
  if (lives === undefined) return "elsewhere";
  return lives ? "lives" : "gone";
}
