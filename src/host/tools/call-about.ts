import { INSTANCE_ID } from "../../supervisor/instance.ts";
import { agentsMeant } from "../../store/matching-records.ts";
import { plainName } from "../../text/plain-name.ts";
import { plainLine } from "../../text/plain-text.ts";
import type { InstanceCatalog } from "../../fleet/instance-catalog.ts";
import { shownTitle, titleOf } from "./instance-view.ts";
import { ABOUT } from "./quiet-calls.ts";

const MOST_AGENTS = 4;
const WORDS_CHARACTERS = 80;

type Arguments = Readonly<Record<string, unknown>>;

/** Of a spawn: the title that the agent gets, in front of what it is to do. */
export function spawnAbout({ agent, title, prompt }: Arguments): Record<string, string> {
  if (typeof prompt !== "string") return {};
  const own = typeof title === "string" && title.trim() !== "" ? title : undefined;
  return { ...(typeof agent === "string" ? { agent } : {}), title: titleOf(own, prompt) };
}

/** Whether the arguments name agents. */
export function namesAgents(given: Arguments): boolean {
  return agentNames(given).length > 0;
}

/** Of a call that names agents: which ones these are. */
export async function agentsAbout(
  catalog: Pick<InstanceCatalog, "find" | "list">,
  given: Arguments,
  sessionId: string,
): Promise<Record<string, string>> {
  const names = agentNames(given);
  // Whole ids need no look at the others, which may be thousands.
  const isWhole = names.every((name) => INSTANCE_ID.test(name));
  const entries = isWhole ? await Promise.all(names.map(async (id) => await catalog.find(id))) : await catalog.list();
  const all = entries.flatMap((entry) => entry?.record ?? []);
  const meant = names.flatMap((name) => {
    const found = agentsMeant(all, name, sessionId);
    return found.length === 1 ? found : [];
  });
  if (meant.length === 0) return {};
  const named = meant
    .slice(0, MOST_AGENTS)
    .map(({ agent, title }) => plainLine(`${plainName(agent)}: ${shownTitle(title)}`, WORDS_CHARACTERS));
  const more = meant.length > named.length ? ` and ${meant.length - named.length} more` : "";
  return { [ABOUT]: `${named.join(", ")}${more}` };
}

function agentNames({ instanceId, instanceIds }: Arguments): string[] {
  return [instanceId, instanceIds].flat().filter((name) => typeof name === "string");
}
