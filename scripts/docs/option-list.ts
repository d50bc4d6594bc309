import { join } from "node:path";
import { toJSONSchema } from "zod/mini";
import { environmentNames, optionsSchema } from "../../src/config/options.ts";
import { ROOT } from "../scripted-host/sandbox.ts";

/** A comment, and the name of the option that it stands above. */
const COMMENTED = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+):/g;

/** The JSON schema of one option, as far as the documents use it. */
export interface OptionSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
}

/** An option as the documents tell it. */
export interface ListedOption {
  readonly name: string;
  /** The words of the comment above it. */
  readonly about: string;
  readonly schema: OptionSchema;
  /** The environment variable that wins over it. */
  readonly variable: string | undefined;
}

/** Every option of the configuration, in its order. */
export async function optionList(): Promise<ListedOption[]> {
  const source = await Bun.file(join(ROOT, "src/config/options.ts")).text();
  const comments = new Map(
    [...source.slice(source.indexOf("const allOptions")).matchAll(COMMENTED)].map(
      ([, comment = "", name = ""]) => [name, words(comment)] as const,
    ),
  );
  const { properties = {} } = toJSONSchema(optionsSchema(), { io: "input" });
  return Object.entries(properties).map(([name, schema]) => {
    const about = comments.get(name);
    if (about === undefined) throw new Error(`The option ${name} has no comment above it in src/config/options.ts.`);
    const variable = Object.entries(environmentNames).find(([, { option }]) => option === name)?.[0];
    return { name, about, schema: withoutNoise(schema), variable };
  });
}

function words(comment: string): string {
  return comment
    .replaceAll(/^\s*\* ?/gm, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** The largest whole number is no limit that anybody set. */
function withoutNoise(schema: unknown): OptionSchema {
  const { maximum, ...rest } = schema as OptionSchema;
  return maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? rest : { ...rest, maximum };
}
