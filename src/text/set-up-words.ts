/** So many of the last lines are told. */
export const SET_UP_LINES = 10;
export const SET_UP_LINE_CHARACTERS = 500;

/**
 * The words for a `worktreeSetup` that has failed.
 *
 * @param how "ended with code 1"
 * @param last the last lines that it has printed
 * @param on the place elsewhere where it ran
 */
export function setUpWords(command: string, how: string, last: readonly string[], on?: string): string {
  const printed = last.length === 0 ? "It has printed nothing." : `Its last lines:\n${last.join("\n")}`;
  return `worktreeSetup (${JSON.stringify(command)}) ${how}${on === undefined ? "" : ` on ${on}`}. ${printed}`;
}

/** How it failed, as the script there has told it: `late`, or the code that it has ended with. */
export function setUpFailure(told: string, limitMs: number): string {
  return told === "late" ? `took longer than ${limitMs} ms` : `ended with code ${told === "" ? "unknown" : told}`;
}
