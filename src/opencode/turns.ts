import { isFinished } from "../supervisor/outcome.ts";
import type { TranscriptTurn } from "../supervisor/ports.ts";
import { joinRefused, type Deeds } from "../supervisor/deeds.ts";
import { isAnything, isText, orAbsent, shape } from "../lib/shape.ts";
import { readRefusal } from "./refusals.ts";
import { TurnDeeds } from "./turn-deeds.ts";
import { isOwnMessage, isSaid, ownWords, type MessageInfo, type MessagePart } from "./whose-words.ts";

/** A message as `GET /session/{id}/message` lists it (1.18.33), as far as turns depend on it. */
export interface ListedMessage {
  readonly info: MessageInfo & {
    readonly id: string;
    readonly finish?: string | null | undefined;
    readonly error?: unknown;
    readonly time: { readonly created?: number | null | undefined; readonly completed?: number | null | undefined };
  };
  readonly parts: readonly (MessagePart & { readonly auto?: boolean | null | undefined })[];
}

/**
 * Groups the messages of a session into turns. A turn begins with the message of somebody who asks, and goes on over
 * whatever the host or a plugin puts in between: the request of a compaction, its summary, "continue", notes.
 *
 * @param prompts the messages that are known to begin a turn, whatever has become of their parts: another plugin may
 *   have put others in their place
 * @param since the first message that asks from then on begins a turn, also behind one that was cut short between two
 *   steps; in milliseconds since the epoch
 */
export function turnsOf(
  messages: readonly ListedMessage[],
  prompts: ReadonlySet<string> = new Set(),
  since = Infinity,
): TranscriptTurn[] {
  const turns: { asked: ListedMessage; answers: ListedMessage[] }[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    const isNew = (last?.asked.info.time.created ?? -Infinity) < since && (message.info.time.created ?? 0) >= since;
    const begins =
      prompts.has(message.info.id) || (asks(message) && (isNew || !isAnswering(last?.answers ?? [], message)));
    if (begins) turns.push({ asked: message, answers: [] });
    else last?.answers.push(message);
  }
  return turns.map(({ asked, answers }) => ({
    messageId: asked.info.id,
    askedAt: asked.info.time.created ?? undefined,
    words: answers.map(({ info, parts }) => ownWords(info, parts)).filter((words) => words !== ""),
    ownMessages: answers.flatMap(({ info }) => (isOwnMessage(info) ? info.id : [])),
    finished: hasFinished(answers),
    deeds: deedsOf(answers),
  }));
}

const isCall = shape({
  id: isText,
  tool: isText,
  state: shape({ status: isText, input: isAnything, error: orAbsent(isText) }),
});
const hasFolder = shape({ path: shape({ cwd: isText }) });

/** What the calls of a turn did; nothing is told where no message says in which folder. */
function deedsOf(answers: readonly ListedMessage[]): Deeds | undefined {
  const folder = answers.map(({ info }) => info).find((info) => hasFolder(info))?.path.cwd;
  if (folder === undefined) return undefined;
  const deeds = new TurnDeeds(folder);
  const calls = answers.flatMap(({ parts }) => parts.filter((part) => isCall(part)));
  for (const call of calls) deeds.called(call.id, call);
  return { ...deeds.sum, refused: joinRefused([], ...calls.map((call) => readRefusal(call))) };
}

function asks({ info, parts }: ListedMessage): boolean {
  return info.role === "user" && parts.some(isSaid);
}

/** Whether a turn was going on when a message came: then its next step saw that message, and it is the same turn. */
function isAnswering(answers: readonly ListedMessage[], { info }: ListedMessage): boolean {
  const last = answers.findLast((answer) => isOwnMessage(answer.info))?.info;
  // One that was cut short goes on with nobody's help but the message's.
  if (last === undefined || !last.time.completed || last.error) return false;
  return !isFinished(last.finish ?? undefined) || last.time.completed > (info.time.created ?? Infinity);
}

/** Whether the agent came to its end: its last message is whole, and the host did not mean to go on after it. */
function hasFinished(answers: readonly ListedMessage[]): boolean {
  const last = answers.findLastIndex(({ info }) => isOwnMessage(info));
  const info = answers[last]?.info;
  if (!info?.time.completed || info.error || !isFinished(info.finish ?? undefined)) return false;
  return !answers.slice(last + 1).some(({ parts }) => parts.some(isAutomaticCompaction));
}

/** After one that the host began by itself it asks the agent to go on; after a user's it does not (1.18.33). */
function isAutomaticCompaction({ type, auto }: ListedMessage["parts"][number]): boolean {
  return type === "compaction" && auto !== false;
}
