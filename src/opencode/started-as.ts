/** Options of every command of opencode that take no value; each other one takes the word behind it. */
const FLAGS = new Set(["--print-logs", "--pure", "--help", "-h", "--version", "-v"]);
/** With one of these, others reach the terminal UI as they reach a server. */
const LISTENING = /^--(port|hostname|mdns)(=|$)/;

/**
 * What an opencode was started as: one `run`, that nobody sees the session of; a `server`, whose clients may be anything,
 * a `run --attach` as well; or an `ui` of its own.
 */
export type StartedAs = "run" | "server" | "ui";

/** Reads opencode's command line, of which the first two words are its own. */
export function startedAs(argv: readonly string[] = process.argv): StartedAs {
  const words = argv.slice(2);
  const command = words.find((word, index) => !word.startsWith("-") && !isValue(word, words[index - 1]));
  if (command === "run") return "run";
  if (command === "serve" || command === "web") return "server";
  return words.some((word) => LISTENING.test(word)) ? "server" : "ui";
}

function isValue(word: string, before: string | undefined): boolean {
  if (before === undefined || !before.startsWith("-") || before.includes("=") || before.startsWith("--no-"))
    return false;
  return !FLAGS.has(before) || word === "true" || word === "false";
}
