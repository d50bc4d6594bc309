import type { Instance } from "./instance.ts";
import type { Clock } from "../lib/clock.ts";
import type { Transcripts, TranscriptTurn, TurnEnd } from "./ports.ts";

const ATTEMPTS = 3;
const PAUSE_MS = 1000;

/**
 * The turns of a session; a host that does not answer at first is asked again. Rejects when it does not at last.
 *
 * @param prompts the messages that are known to begin a turn
 * @param from the one that begins the first turn which matters
 * @param since the first one from then on begins a turn as well
 */
export async function readTranscript(
  transcripts: Transcripts,
  sessionId: string,
  prompts: ReadonlySet<string>,
  clock: Clock,
  from?: string,
  since?: number,
): Promise<TranscriptTurn[] | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transcripts.read(sessionId, prompts, from, since);
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error;
      await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
    }
  }
}

/**
 * The last turn of an instance as its session tells it; `undefined` when it never reached the session: then that has
 * nothing to say of it. Rejects when nobody can tell.
 */
export async function readLastTurn(
  transcripts: Transcripts,
  instance: Instance,
  clock: Clock,
): Promise<TranscriptTurn | undefined> {
  const { sessionId, turns } = instance;
  if (sessionId === null) return undefined;
  const known = promptsOf(instance);
  const messageId = turns.at(-1)?.messageId;
  // Its host died before it could write that down: it is the first one that came since, and is none of the earlier ones.
  const since = waitsSince(instance);
  const unknownSince = messageId === undefined ? since : undefined;
  const transcript = await readTranscript(transcripts, sessionId, known, clock, messageId, unknownSince);
  if (messageId !== undefined) return transcript?.find((turn) => turn.messageId === messageId);
  return transcript?.find((turn) => (turn.askedAt ?? 0) >= since && !known.has(turn.messageId));
}

/** The messages that are known to begin the turns of an instance. */
export function promptsOf({ turns }: { readonly turns: readonly WithPrompt[] }): Set<string> {
  return new Set(turns.flatMap(({ messageId }) => messageId ?? []));
}

interface WithPrompt {
  readonly messageId?: string | null | undefined;
}

/** When the last turn started, or could have at the earliest. */
function waitsSince({ turns, createdAt }: Instance): number {
  return turns.at(-1)?.startedAt ?? turns.at(-2)?.endedAt ?? createdAt;
}

export interface WholeWordsParts {
  readonly transcripts: Transcripts;
  readonly clock: Clock;
  readonly report: (message: string, cause: unknown) => void;
}

/** What the agent said in a turn; read back from the session where some of it was lost on the way. Never rejects. */
export async function wholeWords(
  { transcripts, clock, report }: WholeWordsParts,
  instance: Instance,
  { evidence, textIncomplete }: TurnEnd,
): Promise<readonly string[]> {
  if (!textIncomplete) return evidence.words;
  try {
    return (await readLastTurn(transcripts, instance, clock))?.words ?? evidence.words;
  } catch (error) {
    report(`The whole text of ${instance.instanceId} could not be read back from its session.`, error);
    return evidence.words;
  }
}
