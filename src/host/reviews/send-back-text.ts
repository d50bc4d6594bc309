import type { LineComment } from "../../canvas/changes-api.ts";

/** What an agent is asked when a person has looked at its changes and sends them back. All of it is one further turn. */
export function sendBackText(comments: readonly LineComment[], note: string | undefined): string {
  const said = note?.trim() ?? "";
  return [
    "The user has looked at what you changed in your folder, and sends it back to you.",
    ...(said === "" ? [] : ["", "The user's note:", ...quoted(said)]),
    ...comments.flatMap((comment, index) => ["", ...commentLines(comment, index + 1)]),
    "",
    "Lines that begin with | are files or the user's words, as they stand there. Change your work in your folder as the " +
      "user asks, check it, and hand back again; say of each comment what you did about it.",
  ].join("\n");
}

function commentLines({ path, side, from, to, quote, text, isOutdated }: LineComment, number: number): string[] {
  const lines = from === to ? `line ${from}` : `lines ${from} to ${to}`;
  const where = side === "old" ? `${lines} of the file before your changes` : lines;
  const age = isOutdated === true ? " (you have changed these lines since)" : "";
  return [
    `Comment ${number}, on ${JSON.stringify(path)}, ${where}${age}:`,
    ...quote.map((line) => `| ${line}`),
    "says:",
    ...quoted(text),
  ];
}

function quoted(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map((line) => `| ${line}`);
}
