import { changedPaths } from "./changed-paths.ts";

const WHAT_CHARACTERS = 120;
/** The argument that says most of a call. */
const TELLING = ["command", "filePath", "path", "url", "pattern", "query", "description"];

/** A call in a line: "bash: rm -rf build". Data of a model: whoever shows it quotes it. */
export function callLine(tool: string, input: unknown, characters = WHAT_CHARACTERS): string {
  const what = callArgument(tool, input, characters);
  return what === "" ? tool : `${tool}: ${what}`;
}

/** What a call is for, in a line: "rm -rf build"; empty where its arguments tell nothing. */
export function callArgument(tool: string, input: unknown, characters = WHAT_CHARACTERS): string {
  if (typeof input !== "object" || input === null) return "";
  const telling = TELLING.map((name): unknown => Reflect.get(input, name)).find((value) => typeof value === "string");
  const text = (typeof telling === "string" ? telling : named(tool, input)).replaceAll(/\s+/g, " ").trim();
  if (text.length <= characters) return text;
  // Not the half of a character.
  return `${text.slice(0, characters - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A patch is long before it names a file. */
function named(tool: string, input: object): string {
  const text = changedPaths(tool, input).join(", ") || JSON.stringify(input);
  return text === "{}" ? "" : text;
}
