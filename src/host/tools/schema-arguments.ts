import { z } from "zod";
import { readArguments, type ArgumentsReading } from "./arguments.ts";
import type { ArgumentSchema, Given, ToolSchema } from "./schema-tool.ts";

/** {@link readArguments} for a tool that is described by a schema. */
export function readGiven<const S extends ToolSchema>(
  tool: string,
  { properties, required }: S,
  given: unknown,
): ArgumentsReading<Given<S>> {
  const shape = Object.fromEntries(
    Object.entries(properties).map(([name, argument]) => [
      name,
      required.includes(name) ? check(argument) : check(argument).optional(),
    ]),
  );
  return readArguments(tool, shape, given) as ArgumentsReading<Given<S>>;
}

/** Some models send a list as its text. */
function fromText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function check(argument: ArgumentSchema): z.ZodType {
  if (argument.type === "boolean") return z.boolean();
  if (argument.type === "array") return z.preprocess(fromText, z.array(z.unknown()));
  if (argument.type === "string") {
    return argument.enum === undefined ? z.string().min(argument.minLength ?? 0) : z.enum(argument.enum);
  }
  const { type, minimum = -Infinity, maximum = Infinity } = argument;
  return (type === "integer" ? z.number().int() : z.number()).min(minimum).max(maximum);
}
