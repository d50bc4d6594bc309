import type { Instance } from "./instance.ts";
import type { Clock, Transcripts, TranscriptTurn, TurnEnd } from "./ports.ts";

const ATTEMPTS = 3;
const PAUSE_MS = 1000;

/** The turns of a session; a host that does not answer at first is asked again. Rejects when it does not at last. */
export async function readTranscript(
  transcripts: Transcripts,
  sessionId: string,
  clock: Clock,
): Promise<TranscriptTurn[] | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transcripts.read(sessionId);
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error;
      await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
    }
  }
}

export interface WholeTextParts {
  readonly transcripts: Transcripts;
  readonly clock: Clock;
  readonly report: (message: string, cause: unknown) => void;
}

/** The text of a turn; read back from the session where some of it was lost on the way. Never rejects. */
export async function wholeText(
  { transcripts, clock, report }: WholeTextParts,
  { sessionId, instanceId }: Instance,
  { evidence, textIncomplete }: TurnEnd,
): Promise<string> {
  if (!textIncomplete || sessionId === null) return evidence.text;
  try {
    const turns = await readTranscript(transcripts, sessionId, clock);
    return turns?.at(-1)?.text ?? evidence.text;
  } catch (error) {
    report(`The whole text of ${instanceId} could not be read back from its session.`, error);
    return evidence.text;
  }
}
