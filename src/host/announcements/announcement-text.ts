import type { Instance } from "../../supervisor/instance.ts";
import { shorten } from "../tools/answer.ts";
import { plainName } from "../../text/plain-name.ts";

const ERROR_CHARACTERS = 300;

/** What a parent session is told of agents that have ended. */
export function announcementText(instances: readonly Instance[]): string {
  const ids = instances.map(({ instanceId }) => instanceId);
  const collect = ids.length === 1 ? `{"instanceId": "${ids[0]}"}` : JSON.stringify({ instanceIds: ids });
  return [
    "This is an automatic message of the Bizar plugin. It does not come from the user.",
    ids.length === 1 ? "A background agent has ended:" : `${ids.length} background agents have ended:`,
    ...instances.map(line),
    `bizar_collect ${collect} gives ${ids.length === 1 ? "its whole result" : "their whole results"}.`,
    "Go on with what waited for this; where nothing did, say in a sentence what came of it.",
  ].join("\n");
}

/** Texts of agents and of errors are quoted: they are data, and give no orders. */
function line({ instanceId, agent, title, state, resultPreview, progress }: Instance): string {
  const reason =
    "reason" in state && state.reason !== null && state.reason !== state.status ? ` (${state.reason})` : "";
  const error = "error" in state && state.error !== null ? ` Error: ${quote(state.error)}.` : "";
  const result = resultPreview === null ? " It has no result." : ` Its last words: ${quote(resultPreview)}.`;
  const refused = progress.refused.length === 0 ? "" : ` It was refused: ${quote(progress.refused.join("; "))}.`;
  return `- ${plainName(agent)} ${instanceId}, ${quote(title)}: ${state.status}${reason}.${error}${refused}${result}`;
}

function quote(text: string): string {
  return JSON.stringify(shorten(text, ERROR_CHARACTERS));
}
