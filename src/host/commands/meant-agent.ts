import { agentsEndingWith, agentsMeant } from "../../store/matching-records.ts";
import type { ListedEntry } from "../../fleet/instance-catalog.ts";
import type { CommandContext } from "./command-context.ts";
import { expectWords, WrongUse } from "./subcommand.ts";

/** The agent that the words behind a command mean: an id, the start or the end of one, or a title. */
export async function meantAgent({ fleet }: CommandContext, words: readonly string[]): Promise<ListedEntry> {
  expectWords(words, 1, Infinity);
  const given = words.join(" ");
  const all = await (await fleet()).catalog.list();
  const known = all.map(({ record }) => record);
  const meant = agentsMeant(known, given);
  // Typed by a person, who sees which one it was.
  const found = meant.length > 0 ? meant : agentsEndingWith(known, given);
  const ids = found.map(({ instanceId }) => instanceId);
  const [only] = ids;
  const entry = all.find(({ record }) => record.instanceId === only);
  if (entry === undefined) throw new WrongUse(`There is no agent ${JSON.stringify(given)}. /bizar lists them.`);
  if (ids.length > 1) {
    const tooShort = meant.length > 0 ? "" : " Six characters of an id tell them apart.";
    const named = ids.slice(0, 5).join(", ");
    throw new WrongUse(`${JSON.stringify(given)} can be ${ids.length} agents: ${named}.${tooShort}`);
  }
  return entry;
}
