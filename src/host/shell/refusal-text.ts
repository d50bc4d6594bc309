import type { Refusal } from "./plain-commands.ts";
import { GIT_COMMANDS, PROGRAMS } from "./programs.ts";

const LONGEST_WORD = 80;

/** What only reads, for those who are refused something else. */
export const READING_NAMES = [...PROGRAMS.keys(), `git ${[...GIT_COMMANDS.keys()].join("|")}`].join(", ");

/** What of a line is refused, and why: its word is what a model wrote, and quoted. */
export function quotedRefusal({ word, why }: Refusal): string {
  const text = word.length > LONGEST_WORD ? `${word.slice(0, LONGEST_WORD)}…` : word;
  return `${JSON.stringify(text)} ${why}`;
}
