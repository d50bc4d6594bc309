import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import { nearestName } from "../../config/nearest-name.ts";
import { errorAnswer, noting } from "./answer.ts";
import { shorten } from "../../text/shorten.ts";
import { ABOUT } from "./quiet-calls.ts";
import { folded, fromJson, readArgument } from "./read-argument.ts";
import { isRecord } from "../../lib/is-record.ts";
import type { ArgumentSchema, Given, ToolSchema } from "./schema-tool.ts";

/** What came of reading a tool's arguments. */
export type ArgumentsReading<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** What was taken otherwise than it was written, where something was. */
      readonly note?: string;
    }
  | {
      readonly ok: false;
      readonly error: string;
      /** What can be used of them. */
      readonly partial: Partial<T>;
      readonly note?: string;
    };

/** Arguments as far as they can be used, and in words what is wrong with the others and what was taken otherwise. */
export interface PropertiesReading {
  readonly value: Readonly<Record<string, unknown>>;
  readonly wrong: readonly string[];
  readonly taken: readonly string[];
}

const MOST_SHOWN = 40;
/** Of names that no tool has: the model knows what it wrote. */
const MOST_IGNORED = 5;

/**
 * Reads a tool's arguments, which the host hands over unchecked. A model that is refused pays a whole request
 * for it: what can be meant in one way only is taken so, and the note says how. What is unclear is an error, all of it at
 * once.
 */
export function readGiven<const S extends ToolSchema>(
  tool: string,
  schema: S,
  given: unknown,
): ArgumentsReading<Given<S>> {
  const { value, wrong, taken } = readProperties(schema, given);
  const note = taken.length === 0 ? {} : { note: taken.join("; ") };
  if (wrong.length === 0) return { ok: true, value: value as Given<S>, ...note };
  const names = Object.keys(schema.properties).join(", ");
  const error = `${tool} takes ${names}. ${wrong.join("; ")}. Call it again, corrected.`;
  return { ok: false, error, partial: value as Partial<Given<S>>, ...note };
}

/** {@link readGiven} without the words around it. */
export function readProperties({ properties, required }: ToolSchema, given: unknown): PropertiesReading {
  const fields = fieldsOf(given);
  if (fields === undefined) {
    return { value: {}, wrong: [`expected an object with its arguments (got ${show(given)})`], taken: [] };
  }
  const { byName, taken, ignored } = sorted(properties, fields);
  const value: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [name, argument] of Object.entries(properties)) {
    const came = byName.get(name);
    const reading = came === undefined ? { kind: "none" as const } : readArgument(name, argument, came);
    if (reading.kind === "value") {
      value[name] = reading.value;
      // One name is a list of one for the tool, and not for the model.
      const used = argument.type === "string" ? alone(reading.value) : reading.value;
      // A text or a name in a list is what the model finds in its history.
      if (!isSame(argument.type === "string" ? alone(came) : came, used))
        taken.push(`${name} ${show(came)} → ${show(used)}`);
    } else if (reading.kind === "wrong") {
      wrong.push(`"${name}": expected ${reading.expected} (got ${show(came)})`);
    } else if (required.includes(name)) {
      wrong.push(missing(name, argument, came));
    } else if (came !== undefined) {
      taken.push(`${name} ${show(came)} → left out`);
    }
  }
  return { value, wrong, taken: ignored.length === 0 ? taken : [...taken, ignoredInWords(ignored, properties)] };
}

function missing(name: string, argument: ArgumentSchema, came: unknown): string {
  if (came !== undefined) return `"${name}": the ${name} is empty (got ${show(came)})`;
  const words = "enum" in argument && argument.enum !== undefined ? `one of ${argument.enum.join(", ")}` : "one";
  return `"${name}": expected ${words} (got nothing)`;
}

function fieldsOf(given: unknown): Record<string, unknown> | undefined {
  const value = typeof given === "string" && given.trim() !== "" ? fromJson(given) : (given ?? {});
  return isRecord(value) ? value : value === "" ? {} : undefined;
}

/** What a call is about stands in the model's history, and is nothing that it would have to say. */
function isSaid([name, value]: readonly [string, unknown]): boolean {
  return value !== null && value !== undefined && name !== ABOUT;
}

/** Each argument under the name that the tool has for it. Some models send `null` for one that they leave out. */
function sorted(properties: ToolSchema["properties"], fields: Readonly<Record<string, unknown>>) {
  const sent = Object.entries(fields).filter(isSaid);
  const isOwn = ([name]: readonly [string, unknown]) => Object.hasOwn(properties, name);
  const byName = new Map(sent.filter(isOwn));
  const taken: string[] = [];
  const ignored: string[] = [];
  for (const [name, value] of sent.filter((entry) => !isOwn(entry))) {
    const meant = Object.entries(properties).find(([own, { alsoCalled = [] }]) => {
      const isCalledSo = [own, ...alsoCalled].some((other) => folded(other) === folded(name));
      return isCalledSo && (byName.get(own) ?? "") === "";
    });
    if (meant === undefined) {
      ignored.push(name);
    } else {
      byName.set(meant[0], value);
      taken.push(`${shorten(name, MOST_SHOWN)} → ${meant[0]}`);
    }
  }
  return { byName, taken, ignored };
}

function ignoredInWords(ignored: readonly string[], properties: ToolSchema["properties"]): string {
  const names = ignored.slice(0, MOST_IGNORED).map((name) => {
    const near = nearestName(name, Object.keys(properties));
    return `${JSON.stringify(shorten(name, MOST_SHOWN))}${near === undefined ? "" : ` (did you mean ${near}?)`}`;
  });
  const more = ignored.length > names.length ? ` and ${ignored.length - names.length} more` : "";
  return `ignored: ${names.join(", ")}${more}`;
}

function isSame(came: unknown, value: unknown): boolean {
  if (!Array.isArray(came) || !Array.isArray(value)) return came === value;
  return came.length === value.length && value.every((member, index) => member === came[index]);
}

/** What a list of one holds. */
function alone(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : shorten(JSON.stringify(value) ?? typeof value, MOST_SHOWN);
}

type Run<T> = (given: T, context: ToolContext) => Promise<ToolResult>;

/** What a tool does with arguments that it can use; the answer says how they were taken. */
export function withArguments<const S extends ToolSchema>(tool: string, schema: S, run: Run<Given<S>>): Run<unknown> {
  return async (given, context) => {
    const reading = readGiven(tool, schema, given);
    const { note } = reading;
    return noting(reading.ok ? await run(reading.value, context) : errorAnswer(reading.error), note);
  };
}
