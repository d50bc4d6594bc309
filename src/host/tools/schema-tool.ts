import type { Hooks, ToolContext, ToolDefinition, ToolResult } from "../../opencode/plugin-api.ts";
import type { QuietCalls } from "./quiet-calls.ts";

/** One argument of a tool, in the words of JSON Schema, and how it is read. Only the words are offered to models. */
export type ArgumentSchema = {
  /** Only where the name does not say it. */
  readonly description?: string;
  /** What models call it beside its name. */
  readonly alsoCalled?: readonly string[];
} & (
  | {
      readonly type: "string";
      readonly enum?: readonly string[];
      /** With 1 an empty text is none. */
      readonly minLength?: number;
      readonly maxLength?: number;
      /** A name or an id: blanks and quotes around it are not part of it, and an empty one is none. */
      readonly isName?: true;
      /** A name in small letters, with `-` for a blank. */
      readonly isSlug?: true;
      /** A model, which opencode's API has as its provider and its id. */
      readonly isModel?: true;
    }
  | { readonly type: "number" | "integer"; readonly minimum?: number; readonly maximum?: number }
  | { readonly type: "boolean" }
  /** Of its members the tool itself says what is wrong with them. */
  | { readonly type: "array"; readonly items: object }
  /** One name, or several: a list of them in any form. */
  | { readonly type: "string" | "array"; readonly items?: object; readonly areNames: true; readonly maxItems?: number }
);

/** What a tool takes: its arguments by name, and which of them must be there. */
export interface ToolSchema {
  readonly properties: Readonly<Record<string, ArgumentSchema>>;
  readonly required: readonly string[];
}

type ValueOf<A extends ArgumentSchema> = A extends { readonly areNames: true }
  ? readonly string[]
  : A extends { readonly enum: readonly (infer Word)[] }
    ? Word
    : A extends { readonly type: "string" }
      ? string
      : A extends { readonly type: "boolean" }
        ? boolean
        : A extends { readonly type: "array" }
          ? readonly unknown[]
          : number;

/** The arguments that a schema lets through. */
export type Given<S extends ToolSchema> = {
  readonly [Name in keyof S["properties"] & S["required"][number]]: ValueOf<S["properties"][Name]>;
} & { readonly [Name in keyof S["properties"]]?: ValueOf<S["properties"][Name]> | undefined };

/** A tool that is described without a library, and does its work with whatever is loaded at its first call. */
export interface SchemaTool {
  readonly name: string;
  readonly description: string;
  readonly schema: ToolSchema;
  readonly run: (given: unknown, context: ToolContext) => Promise<ToolResult>;
}

/**
 * The tools as hooks. The host takes JSON Schema for arguments, but holds all of them to be required; the definition
 * that it asks for before each step says which are. A schema of zod would say so too, and would have to be loaded.
 * The host checks nothing by them: whatever a model writes arrives.
 *
 * @param quiet makes the lines of their calls short; absent where no terminal UI shows them
 */
export function schemaToolHooks(
  tools: readonly SchemaTool[],
  quiet?: QuietCalls,
): Required<Pick<Hooks, "tool" | "tool.definition">> {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return {
    tool: Object.fromEntries(tools.map((tool) => [tool.name, definition(tool, quiet)])),
    async "tool.definition"({ toolID }, output) {
      const tool = byName.get(toolID);
      if (tool === undefined) return;
      const { required } = tool.schema;
      const properties = offered(tool.schema);
      Object.assign(output, { jsonSchema: { type: "object", properties, ...(required.length > 0 && { required }) } });
    },
  };
}

function definition({ name, description, schema, run }: SchemaTool, quiet: QuietCalls | undefined): ToolDefinition {
  const execute = async (given: unknown, context: ToolContext) =>
    quiet === undefined
      ? await run(given, context)
      : await quiet.run(name, given, context, async () => await run(given, context));
  return { description, args: offered(schema) as never, execute };
}

const OFFERED = ["type", "enum", "items", "description"];

/** The arguments as models see them: every word costs tokens in each of their requests. */
function offered({ properties }: ToolSchema): Record<string, object> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, argument]) => {
      return [name, Object.fromEntries(Object.entries(argument).filter(([key]) => OFFERED.includes(key)))];
    }),
  );
}
