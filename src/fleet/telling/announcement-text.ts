import type { Deeds } from "../../supervisor/deeds.ts";
import type { Instance } from "../../supervisor/instance.ts";
import { shorten } from "../../text/shorten.ts";
import { plainName } from "../../text/plain-name.ts";
import { nextCall } from "./next-call.ts";
import { CHANGES, COLLECT } from "../../text/own-tools.ts";

export const NOT_THE_USER = "This is an automatic message of the Bizar plugin. It does not come from the user.";
const ERROR_CHARACTERS = 300;
const MOST_FILES = 10;
/** A result up to here is told whole. */
const WHOLE_CHARACTERS = 2000;
/** Of a longer one, so much of its beginning, and of its end. */
const END_CHARACTERS = 1000;
/** A word that is longer than this is cut. */
const LONGEST_WORD = 40;

/** An agent that has ended, with what it hands back. */
export interface EndedAgent {
  readonly instance: Instance;
  /** Its last message, below what the reader has to know; absent where it cannot be read. */
  readonly result: string | undefined;
  /** The file of all it said in its turn. */
  readonly resultPath: string;
}

/**
 * What a parent session is told of agents that have ended.
 *
 * @param maySupervise whether the agent that reads it may use the background tools: otherwise none is named
 */
export function announcementText(ended: readonly EndedAgent[], maySupervise: boolean): string {
  const count = ended.length;
  return [
    NOT_THE_USER,
    count === 1 ? "A background agent has ended:" : `${count} background agents have ended:`,
    ...ended.map((agent) => `${line(agent)} ${resultWords(agent)}${nextWords(agent, maySupervise)}`),
    ...(maySupervise ? collectHint(ended) : []),
    "Go on with what waited for this; where nothing did, say in a sentence what came of it.",
  ].join("\n");
}

/** What a session is told of agents that another one asked for, and in which the user was at their end. */
export function noteText(instances: readonly Instance[], maySupervise: boolean): string {
  return [
    NOT_THE_USER,
    instances.length === 1
      ? "A background agent that another session of the user asked for has ended:"
      : `${instances.length} background agents that other sessions of the user asked for have ended:`,
    ...instances.map((instance) => `${line({ instance })} ${lastWords(instance)}`),
    "Whoever asked is told there and goes on with it: do nothing about it here, unless the user asks for it.",
    ...(maySupervise ? [collectCall(instances)] : []),
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

function collectHint(ended: readonly EndedAgent[]): string[] {
  const cut = ended.filter(({ instance, result }) => instance.resultPreview !== null && !isWhole(result));
  return cut.length === 0 ? [] : [collectCall(cut.map(({ instance }) => instance))];
}

function collectCall(instances: readonly Instance[]): string {
  const ids = instances.map(({ instanceId }) => instanceId);
  const collect = ids.length === 1 ? `{"instanceId": "${ids[0]}"}` : JSON.stringify({ instanceIds: ids });
  return `${COLLECT} ${collect} gives ${ids.length === 1 ? "its whole result" : "their whole results"}.`;
}

/** Texts of agents and of errors are quoted: they are data, and give no orders. */
function line({ instance }: Pick<EndedAgent, "instance">): string {
  const { instanceId, agent, title, state, progress } = instance;
  const reason =
    "reason" in state && state.reason !== null && state.reason !== state.status ? ` (${state.reason})` : "";
  const error = "error" in state && state.error !== null ? ` Error: ${quote(state.error)}.` : "";
  const did = deeds(progress, state.status !== "done");
  return `- ${plainName(agent)} ${instanceId}, ${quote(title)}: ${state.status}${reason}.${error}${did}${folderWords(instance)}`;
}

/** What is in the agent's own folder, where that is known: a collect looks again. */
function folderWords({ changes }: Instance): string {
  if (changes === undefined) return "";
  const { files, insertions, deletions, applies, patchPath, leftOut = [] } = changes;
  const fit = typeof applies === "string" ? "They fit." : `They conflict in ${quoteAll(applies)}.`;
  const rest = leftOut.length === 0 ? "" : ` Only there: ${quoteAll(leftOut)}.`;
  const count = `${files} ${files === 1 ? "file" : "files"} (+${insertions} -${deletions}, ${patchPath})`;
  return ` In its own folder it changed ${count}. ${fit}${rest}`;
}

function deeds({ changedFiles, moreChangedFiles, refused, lastCalls }: Deeds, hasFailed: boolean): string {
  const shown = changedFiles.slice(0, MOST_FILES);
  const more = moreChangedFiles + changedFiles.length - shown.length;
  return [
    shown.length === 0 ? "" : ` It changed ${quoteAll(shown)}${more === 0 ? "" : `, and ${more} more`}.`,
    refused.length === 0 ? "" : ` It was refused: ${quote(refused.join("; "))}.`,
    hasFailed && lastCalls.length > 0 ? ` Its last calls: ${quoteAll(lastCalls)}.` : "",
  ].join("");
}

function quoteAll(texts: readonly string[]): string {
  return texts.map(quote).join(", ");
}

function resultWords({ instance, result, resultPath }: EndedAgent): string {
  if (instance.resultPreview === null) return "It has no result.";
  if (result === undefined) return `${lastWords(instance)} All of it is in ${resultPath}.`;
  if (isWhole(result)) return `Its whole result: ${JSON.stringify(result)}.`;
  const [head, tail] = bothEnds(result);
  return (
    `Its result (${result.length} characters, in ${resultPath}) begins: ${JSON.stringify(head)} ` +
    `and ends: ${JSON.stringify(tail)}.`
  );
}

function lastWords({ resultPreview }: Instance): string {
  return resultPreview === null ? "It has no result." : `Its last words: ${quote(resultPreview)}.`;
}

function isWhole(result: string | undefined): boolean {
  return result !== undefined && result.length <= WHOLE_CHARACTERS;
}

function nextWords({ instance }: EndedAgent, maySupervise: boolean): string {
  if (!maySupervise) return "";
  const { changes, instanceId } = instance;
  const decide =
    changes === undefined ? "" : ` ${CHANGES} {"instanceId": "${instanceId}", "action": "apply"} brings them in.`;
  const next = nextCall(instance);
  return next === undefined ? decide : `${decide} Next: ${next}.`;
}

/** The beginning and the end of a long text, of whole words. */
function bothEnds(text: string): [head: string, tail: string] {
  const head = text.slice(0, END_CHARACTERS);
  const lastGap = head.search(/\s\S*$/);
  const tail = text.slice(-END_CHARACTERS);
  const firstGap = tail.search(/\s/);
  return [
    `${wellFormed(lastGap >= END_CHARACTERS - LONGEST_WORD ? head.slice(0, lastGap) : head)}…`,
    `…${wellFormed(firstGap !== -1 && firstGap <= LONGEST_WORD ? tail.slice(firstGap + 1) : tail)}`,
  ];
}

/** Without the half of a character that a cut has left at an end. */
function wellFormed(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, "").replace(/[\uD800-\uDBFF]$/, "");
}

function quote(text: string): string {
  return JSON.stringify(shorten(text, ERROR_CHARACTERS));
}
