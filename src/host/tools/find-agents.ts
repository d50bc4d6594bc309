import type { ToolResult } from "@opencode-ai/plugin/tool";
import { INSTANCE_ID } from "../../supervisor/instance.ts";
import { plainName } from "../../text/plain-name.ts";
import type { CatalogEntry, InstanceCatalog } from "../instance-catalog.ts";
import { agentsMeant } from "../../store/matching-records.ts";
import type { ListedRecord } from "../../store/record.ts";
import { errorAnswer, shorten } from "./answer.ts";
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

/**
 * The agents of these names, in their order: whole ids, their last six characters, or titles that are unique. The first
 * name that is none's says which agents the session has, and one that several have says which.
 */
export async function findAgents(
  catalog: InstanceCatalog,
  names: readonly string[],
  sessionId: string,
): Promise<readonly FoundAgent[]> {
  const found = await Promise.all(names.map(async (name) => await findAgent(catalog, name, sessionId)));
  const first = found.findIndex((meant) => !isEntry(meant) && meant.length === 0);
  const agents = first === -1 ? [] : await agentsOf(catalog, sessionId);
  return found.map((meant, index) => {
    if (isEntry(meant)) return { id: meant.record.instanceId, entry: meant };
    const id = shorten(names[index] ?? "", 100);
    if (meant.length > 0) return { id, missing: several(id, meant) };
    return { id, missing: { error: NOT_FOUND, instanceId: id, ...(index === first ? { agents } : {}) } };
  });
}

/** The agent of a name, or those that it may mean: none, or more than one. */
async function findAgent(
  catalog: InstanceCatalog,
  name: string,
  sessionId: string,
): Promise<CatalogEntry | readonly ListedRecord[]> {
  const id = `bgr_${name.replace(/^bgr_/i, "").toUpperCase()}`;
  if (INSTANCE_ID.test(id)) return (await catalog.find(id)) ?? [];
  const all = (await catalog.list()).map(({ record }) => record);
  const meant = agentsMeant(all, name, sessionId, shownTitle);
  const [only] = meant;
  return meant.length === 1 && only !== undefined ? ((await catalog.find(only.instanceId)) ?? []) : meant;
}

function isEntry(meant: CatalogEntry | readonly ListedRecord[]): meant is CatalogEntry {
  return "record" in meant;
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
