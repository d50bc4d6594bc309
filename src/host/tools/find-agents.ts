import type { ToolResult } from "../../opencode/plugin-api.ts";
import { INSTANCE_ID } from "../../supervisor/instance.ts";
import { plainName } from "../../text/plain-name.ts";
import type { CatalogEntry, InstanceCatalog } from "../../fleet/instance-catalog.ts";
import { agentsMeant } from "../../store/matching-records.ts";
import type { ListedRecord } from "../../store/record.ts";
import { errorAnswer } from "./answer.ts";
import { shorten } from "../../text/shorten.ts";
import { namesIn } from "./names-in.ts";
import { shownTitle } from "./instance-view.ts";

export const NOT_FOUND = "instance not found";
/** Of a session's agents, the newest. */
const MOST_LISTED = 20;
/** So many of an id's last characters are shown: an id is long, and its end tells agents apart. */
const LAST_SHOWN = 6;

/** What is told of an id that no agent has. */
export interface NotFound {
  readonly error: string;
  readonly instanceId: string;
  /** The agents of the session that asked. */
  readonly agents?: readonly object[];
}

/** An agent that was asked for, or what is told where there is none. */
export type FoundAgent =
  | { readonly id: string; readonly entry: CatalogEntry }
  | { readonly id: string; readonly entry?: undefined; readonly missing: NotFound };

/** The agent of a name: a whole id, the last six characters of one, or a title that is unique. */
export async function findAgent(catalog: InstanceCatalog, name: string, sessionId: string): Promise<FoundAgent> {
  return await foundAs(catalog, name, await agentsFor(catalog, [name]), sessionId, true);
}

/**
 * The agents of these names, in their order and each once. One name may be a list of them. The first that is none's says
 * which agents the session has, and one that several have says which.
 */
export async function findAgents(
  catalog: InstanceCatalog,
  names: readonly string[],
  sessionId: string,
): Promise<readonly FoundAgent[]> {
  const all = await agentsFor(catalog, names);
  const isKnown = (name: string) => isWholeId(name) || agentsMeant(all, name, sessionId).length > 0;
  const found = new Map<string, FoundAgent>();
  for (const name of names.flatMap((each) => namesIn(each, isKnown))) {
    const isFirst = ![...found.values()].some(({ entry }) => entry === undefined);
    const one = await foundAs(catalog, name, all, sessionId, isFirst);
    found.set(one.id, found.get(one.id) ?? one);
  }
  return [...found.values()];
}

/** What agents there are, where their ids alone do not say which are meant. */
async function agentsFor(catalog: InstanceCatalog, names: readonly string[]): Promise<readonly ListedRecord[]> {
  return names.every(isWholeId) ? [] : (await catalog.list()).map(({ record }) => record);
}

async function foundAs(
  catalog: InstanceCatalog,
  name: string,
  all: readonly ListedRecord[],
  sessionId: string,
  isFirstMissing: boolean,
): Promise<FoundAgent> {
  const meant = isWholeId(name)
    ? [wholeId(name)]
    : agentsMeant(all, name, sessionId).map(({ instanceId }) => instanceId);
  const [only] = meant;
  const entry = meant.length === 1 && only !== undefined ? await catalog.find(only) : undefined;
  if (entry !== undefined) return { id: entry.record.instanceId, entry };
  const id = shorten(name, 100);
  if (meant.length > 1) return { id, missing: several(id, agentsMeant(all, name, sessionId)) };
  const agents = isFirstMissing ? { agents: await agentsOf(catalog, sessionId) } : {};
  return { id, missing: { error: NOT_FOUND, instanceId: id, ...agents } };
}

function isWholeId(name: string): boolean {
  return INSTANCE_ID.test(wholeId(name));
}

function wholeId(name: string): string {
  return `bgr_${name.replace(/^bgr_/i, "").toUpperCase()}`;
}

function several(name: string, meant: readonly ListedRecord[]): NotFound {
  const error = `${meant.length} agents are called ${JSON.stringify(name)}: say which by the last ${LAST_SHOWN} characters of its id`;
  return { error, instanceId: name, agents: meant.slice(-MOST_LISTED).map(inShort) };
}

/** The agents of a session, as short as tells them apart. */
export async function agentsOf(catalog: InstanceCatalog, sessionId: string): Promise<readonly object[]> {
  const own = (await catalog.list()).filter(({ record }) => record.parent.sessionId === sessionId);
  return own.slice(-MOST_LISTED).map(({ record }) => inShort(record));
}

function inShort({ instanceId, agent, title, status }: ListedRecord): object {
  return { id: instanceId.slice(-LAST_SHOWN), agent: plainName(agent), title: shownTitle(title), status };
}

/** The answer for one name that no agent has. */
export function notFoundAnswer({ error, ...facts }: NotFound): ToolResult {
  return errorAnswer(error, { ...facts });
}
