import { nearestName } from "../../config/nearest-name.ts";
import type { Act } from "../../processes/whose-act.ts";

/** One thing that a slash command can do. */
export interface Subcommand<Context> {
  /** What is typed behind the command, such as `new <slug> [template]`. Its first word is the subcommand's name. */
  readonly usage: string;
  readonly about: string;
  readonly example?: string;
  /** Settles with what the user sees. */
  readonly run: (context: Context, words: readonly string[]) => Promise<string>;
}

/** The user typed something else than expected: the answer says what, and how it is typed. */
export class WrongUse extends Error {}

/** It could not be done, though it was asked for as it should be. */
export class NotDone extends Error {}

/** @throws NotDone where an agent started this opencode: it does not do in the user's name what only the user does */
export function onlyUser({ whoseAct }: { readonly whoseAct: () => Act }, rule: string): void {
  const act = whoseAct();
  if (act.by === "agent") throw new NotDone(`${act.why} ${rule}`);
}

/** Runs the subcommand that the first word names. Settles with what the user sees. */
export async function runSubcommand<Context>(
  command: string,
  subcommands: Readonly<Record<string, Subcommand<Context>>>,
  context: Context,
  [name = "", ...words]: readonly string[],
): Promise<string> {
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (subcommand === undefined) {
    const near = nearestName(name, Object.keys(subcommands));
    const hint = near === undefined ? "" : ` Did you mean /${command} ${near}?`;
    return `There is no /${command} ${name}.${hint}\n\n${usageOf(command, subcommands)}`;
  }
  try {
    return await subcommand.run(context, words);
  } catch (error) {
    if (error instanceof NotDone) return error.message;
    if (error instanceof WrongUse) return `${error.message}\n\n${usageOfOne(command, subcommand)}`;
    throw error;
  }
}

/** What a command can do, a line each. */
export function usageOf<Context>(command: string, subcommands: Readonly<Record<string, Subcommand<Context>>>): string {
  const all = Object.values(subcommands);
  const width = Math.max(...all.map(({ usage }) => usage.length)) + 2;
  return all.map(({ usage, about }) => `/${command} ${usage.padEnd(width)}${about}`).join("\n");
}

function usageOfOne<Context>(command: string, { usage, about, example }: Subcommand<Context>): string {
  const sample = example === undefined ? "" : `\nExample: /${command} ${example}`;
  return `Usage: /${command} ${usage}\n${about}${sample}`;
}

/** Refuses what is too much or too little. */
export function expectWords(words: readonly string[], least: number, most: number): void {
  if (words.length >= least && words.length <= most) return;
  const wanted = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  const came =
    words.length === 0 ? "nothing" : `${words.length} (${words.map((word) => JSON.stringify(word)).join(" ")})`;
  throw new WrongUse(
    `Expected ${wanted} ${most === 1 || (most === Infinity && least === 1) ? "word" : "words"}, got ${came}.`,
  );
}
