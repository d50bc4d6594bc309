/** How each prompt of a turn begins that replaces one that only thought. */
export const INTERVENTION = "You have been thinking for a long time without doing anything, so your turn was stopped.";

/** A word that is longer than this is quoted in part. */
const LONGEST_WORD = 40;

/**
 * The prompt of the turn that replaces one that only thought.
 *
 * @param lastWords the end of what it thought
 * @param offers what the agent can do, by the tools that it has; empty where that is not known
 */
export function interventionText(lastWords: string | undefined, offers: readonly string[]): string {
  const thoughts = lastWords?.trim() ?? "";
  return [
    INTERVENTION,
    ...(thoughts === "" ? [] : [`Your thoughts ended with ${JSON.stringify(`…${wholeWords(thoughts)}`)}.`]),
    `Take one concrete step now: ${inWords(offers)}. If you have all you need, write the answer. Do not think it all through again.`,
  ].join("\n");
}

function inWords(offers: readonly string[]): string {
  if (offers.length === 0) return "make one call of a tool that you have";
  return offers.length === 1 ? (offers[0] ?? "") : `${offers.slice(0, -1).join(", ")}, or ${offers.at(-1)}`;
}

/** Without the part of a word, or of a character, with which a cut text begins. */
function wholeWords(text: string): string {
  const gap = text.search(/\s/);
  const whole = gap !== -1 && gap <= LONGEST_WORD ? text.slice(gap + 1) : text;
  return whole.replace(/^[\uDC00-\uDFFF]/, "").trim();
}
