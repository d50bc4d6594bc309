const MARK = "words of no agent";

/** A text that the host puts into an agent's session: nothing of it is the agent's. */
export function foreignWords(what: string): string {
  return `${MARK}: ${what}`;
}

/** Whether a text has words that no agent has said. */
export function hasForeignWords(text: string): boolean {
  return text.includes(MARK);
}
