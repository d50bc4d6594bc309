import { changedPaths } from "./changed-paths.ts";

const WHAT_CHARACTERS = 120;
/** The argument that says most of a call. */
const TELLING = ["command", "filePath", "path", "url", "pattern", "query", "description"];

/** A call in a line: "bash: rm -rf build". Data of a model: whoever shows it quotes it. */
export function callLine(tool: string, input: unknown): string {
  const what = inALine(tool, input);
  return what === "" ? tool : `${tool}: ${what}`;
}

function inALine(tool: string, input: unknown): string {
  if (typeof input !== "object" || input === null) return "";
  const telling = TELLING.map((name): unknown => Reflect.get(input, name)).find((value) => typeof value === "string");
  const text = (typeof telling === "string" ? telling : named(tool, input)).replaceAll(/\s+/g, " ").trim();
  if (text.length <= WHAT_CHARACTERS) return text;
  // Not the half of a character.
  return `${text.slice(0, WHAT_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A patch is long before it names a file. */
function named(tool: string, input: object): string {
  const text = changedPaths(tool, input).join(", ") || JSON.stringify(input);
  return text === "{}" ? "" : text;
}
