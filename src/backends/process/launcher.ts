import { basename } from "node:path";
import { shellText } from "../shell-text.ts";

/** A way to run agents elsewhere, as the core knows it: what it is made of is in the options. */
export interface Launcher {
  /** What goes before `opencode run`, word by word. */
  readonly command: readonly string[];
  readonly files: "shared" | "git";
  readonly directory?: string | undefined;
  readonly kill?: readonly string[] | undefined;
  readonly queueMs: number;
}

const COMMAND = "{command}";
/** Hands its words, with blanks between them, to a shell there. */
const JOINS_WORDS = "ssh";
/** What a shell takes its text behind: `-c`, `-lc`. */
const TEXT_FOLLOWS = /^-[A-Za-z]*c$/;

/**
 * The command line that runs `words` at a place. Most launchers take them as they are. `ssh` and `sh -c` want one text for
 * a shell, `ssh host sh -c` one for either, as does whatever has `{command}` in it, where the text is to stand.
 */
export function launchLine(
  { command }: Pick<Launcher, "command">,
  instanceId: string,
  words: readonly string[],
): string[] {
  const own = command.map((word) => word.replaceAll("{instanceId}", instanceId));
  const text = shellText(words);
  if (own.some((word) => word.includes(COMMAND))) return own.map((word) => word.replaceAll(COMMAND, () => text));
  const isText = TEXT_FOLLOWS.test(own.at(-1) ?? "");
  if (joinsWords(command)) return [...own, isText ? shellText([text]) : text];
  return isText ? [...own, text] : [...own, ...words];
}

/** The command line that ends an agent for good; `undefined`: there is none. */
export function killLine({ kill }: Pick<Launcher, "kill">, instanceId: string): string[] | undefined {
  return kill?.map((word) => word.replaceAll("{instanceId}", instanceId));
}

/** Whether the end of the launcher leaves what it has started there as it is. */
export function leavesRunning({ command, kill }: Pick<Launcher, "command" | "kill">): boolean {
  return kill === undefined && joinsWords(command);
}

function joinsWords(command: readonly string[]): boolean {
  return command.some((word) => basename(word) === JOINS_WORDS);
}
