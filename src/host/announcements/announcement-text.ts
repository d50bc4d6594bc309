import type { Instance } from "../../supervisor/instance.ts";
import { shorten } from "../tools/answer.ts";
import { plainName } from "../../text/plain-name.ts";

const NOT_THE_USER = "This is an automatic message of the Bizar plugin. It does not come from the user.";
const ERROR_CHARACTERS = 300;

/** What a parent session is told of agents that have ended. */
export function announcementText(instances: readonly Instance[]): string {
  const count = instances.length;
  return [
    NOT_THE_USER,
    count === 1 ? "A background agent has ended:" : `${count} background agents have ended:`,
    ...instances.map(line),
    collectHint(instances),
    "Go on with what waited for this; where nothing did, say in a sentence what came of it.",
  ].join("\n");
}

/** What a session is told of agents that another one asked for, and in which the user was at their end. */
export function noteText(instances: readonly Instance[]): string {
  return [
    NOT_THE_USER,
    instances.length === 1
      ? "A background agent that another session of the user asked for has ended:"
      : `${instances.length} background agents that other sessions of the user asked for have ended:`,
    ...instances.map(line),
    "Whoever asked is told there and goes on with it: do nothing about it here, unless the user asks for it.",
    collectHint(instances),
  ].join("\n");
}

/** The same for the user, in a line for each. */
export function shownNote(instances: readonly Instance[]): string {
  return instances
    .map(
      ({ agent, title, state }) => `Bizar: ${plainName(agent)}, ${quote(title)}, of another session: ${state.status}.`,
    )
    .join("\n");
}

function collectHint(instances: readonly Instance[]): string {
  const ids = instances.map(({ instanceId }) => instanceId);
  const collect = ids.length === 1 ? `{"instanceId": "${ids[0]}"}` : JSON.stringify({ instanceIds: ids });
  return `bizar_collect ${collect} gives ${ids.length === 1 ? "its whole result" : "their whole results"}.`;
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
