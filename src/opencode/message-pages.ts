/** Of a session of tens of megabytes a fraction of one: the whole takes seconds, in which the host does little else. */
export const PAGE_MESSAGES = 40;

/** Some messages of a session, oldest first. */
export interface MessagePage<M> {
  readonly messages: readonly M[];
  /** What the host wants to be given for the page before; absent: there is none. */
  readonly before?: string | undefined;
}

/**
 * The newest messages of a session, oldest first: read back page by page until they are enough, or all.
 *
 * @param read `undefined` when there is no such session
 */
export async function readBack<M>(
  read: (before: string | undefined) => Promise<MessagePage<M> | undefined>,
  isEnough: (messages: readonly M[]) => boolean,
): Promise<M[] | undefined> {
  let messages: M[] = [];
  for (let before: string | undefined, isFirst = true; isFirst || before !== undefined; isFirst = false) {
    const page = await read(before);
    if (page === undefined) return undefined;
    messages = [...page.messages, ...messages];
    if (isEnough(messages)) break;
    before = page.before === before ? undefined : page.before;
  }
  return messages;
}

/** Clocks and the order in which things are written down may differ by so much. */
const MARGIN_MS = 60_000;

/**
 * Whether messages go back to a moment: whatever was put into their session since is among them. A message that was
 * begun before may be whole only after it, such as one whose tool waits.
 *
 * @param at milliseconds since the epoch
 */
export function reachBackTo(
  at: number,
  messages: readonly {
    readonly info: { readonly role: string; readonly time: { readonly completed?: number | null | undefined } };
  }[],
): boolean {
  return messages.some(({ info: { role, time } }) => role === "assistant" && (time.completed ?? at) < at - MARGIN_MS);
}
