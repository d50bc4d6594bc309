import { agentsMeant } from "../../store/matching-records.ts";
import type { ListedEntry } from "../instance-catalog.ts";
import type { CommandContext } from "./command-context.ts";
import { expectWords, WrongUse } from "./subcommand.ts";

/** The agent that the words behind a command mean: an id, the start or the end of one, or a title. */
export async function meantAgent({ supervision }: CommandContext, words: readonly string[]): Promise<ListedEntry> {
  expectWords(words, 1, Infinity);
  const given = words.join(" ");
  const all = await (await supervision()).catalog.list();
  const ids = agentsMeant(
    all.map(({ record }) => record),
    given,
  ).map(({ instanceId }) => instanceId);
  const [only] = ids;
  const entry = all.find(({ record }) => record.instanceId === only);
  if (entry === undefined) throw new WrongUse(`There is no agent ${JSON.stringify(given)}. /bizar lists them.`);
  if (ids.length > 1)
    throw new WrongUse(`${JSON.stringify(given)} can be ${ids.length} agents: ${ids.slice(0, 5).join(", ")}.`);
  return entry;
}
