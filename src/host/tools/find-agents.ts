import type { ToolResult } from "@opencode-ai/plugin/tool";
import { INSTANCE_ID } from "../../supervisor/instance.ts";
import { plainName } from "../../text/plain-name.ts";
import type { CatalogEntry, InstanceCatalog } from "../instance-catalog.ts";
import { errorAnswer, shorten } from "./answer.ts";

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

/** The agents of these names, in their order. The first name that is none's says which agents the session has. */
export async function findAgents(
  catalog: InstanceCatalog,
  names: readonly string[],
  sessionId: string,
): Promise<readonly FoundAgent[]> {
  const found = await Promise.all(names.map(async (name) => await findAgent(catalog, name)));
  const isMissing = found.some((entry) => entry === undefined);
  const agents = isMissing ? await agentsOf(catalog, sessionId) : [];
  const first = found.indexOf(undefined);
  return found.map((entry, index) => {
    if (entry !== undefined) return { id: entry.record.instanceId, entry };
    const id = shorten(names[index] ?? "", 100);
    return { id, missing: { error: NOT_FOUND, instanceId: id, ...(index === first ? { agents } : {}) } };
  });
}

async function findAgent(catalog: InstanceCatalog, name: string): Promise<CatalogEntry | undefined> {
  const id = `bgr_${name.replace(/^bgr_/i, "").toUpperCase()}`;
  return INSTANCE_ID.test(id) ? await catalog.find(id) : undefined;
}

/** The agents of a session, as short as tells them apart. */
export async function agentsOf(catalog: InstanceCatalog, sessionId: string): Promise<readonly object[]> {
  const own = (await catalog.list()).filter(({ record }) => record.parent.sessionId === sessionId);
  return own.slice(-MOST_LISTED).map(({ record: { instanceId, agent, title, status } }) => {
    return { id: instanceId.slice(-LAST_SHOWN), agent: plainName(agent), title: shorten(title, 60), status };
  });
}

/** The answer for one name that no agent has. */
export function notFoundAnswer({ error, ...facts }: NotFound): ToolResult {
  return errorAnswer(error, { ...facts });
}
