import { isAnything, isText, orAbsent, shape } from "../lib/shape.ts";
import { isReply, type Reply } from "../supervisor/questions.ts";

const isToAgent = shape({
  bizar: isText,
  session: isText,
  answer: orAbsent(shape({ askId: isText, reply: isReply })),
  again: orAbsent(isAnything),
});

/** What the supervisor of an agent has to say to the plugin that the agent runs beside. */
export interface ToAgent {
  readonly session: string;
  /** What came of a question. */
  readonly answer?: { readonly askId: string; readonly reply: Reply };
  /** What was reported in this turn may not have been heard. */
  readonly again?: true;
}

export function formatToAgent(nonce: string, told: ToAgent): string {
  return JSON.stringify({ bizar: nonce, ...told });
}

/** `undefined` of words that are nothing of the kind. */
export function parseToAgent(words: string): (ToAgent & { readonly nonce: string }) | undefined {
  try {
    const told: unknown = JSON.parse(words);
    return isToAgent(told) ? ({ ...told, nonce: told.bizar } as ToAgent & { readonly nonce: string }) : undefined;
  } catch {
    return undefined;
  }
}
