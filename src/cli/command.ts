import type { ParseArgsConfig } from "node:util";
import type { Options } from "../config/options.ts";
import type { SupervisorIdentity } from "../processes/supervisor-identity.ts";
import type { Act } from "../processes/whose-act.ts";
import type { RecordFolder } from "../store/record-folder.ts";
import type { StatePaths } from "../store/state-paths.ts";
import type { Workspace } from "../workspace/workspace.ts";

/** What every command works with. */
export interface CommandContext {
  readonly options: Options;
  readonly paths: StatePaths;
  readonly records: RecordFolder;
  /** The folders that agents have of their own. */
  readonly workspace: Workspace;
  /** Who this process is, where it takes a record over. */
  readonly identity: SupervisorIdentity;
  /** Whose this command is. */
  readonly whoseAct: () => Act;
  /** Writes to stdout; settles when it is taken. */
  readonly print: (text: string | Uint8Array) => Promise<void>;
  /** A line on stderr. */
  readonly warn: (line: string) => void;
  readonly colours: boolean;
  /** The width of the terminal on stdout; `undefined` where there is none. */
  readonly columns: number | undefined;
}

/** What was given on the command line behind the command's name. */
export interface CommandInput {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

/** A switch, or with `value` a flag that takes one. */
export interface Flag {
  readonly short?: string;
  readonly about: string;
  /** What is given with it, in a word for the usage. */
  readonly value?: string;
}

/** One command of the command line. */
export interface Command {
  /** What is typed behind `opencode-bizar`, for the usage. */
  readonly usage: string;
  readonly summary: string;
  /** The flags, each with a sentence. */
  readonly flags: Readonly<Record<string, Flag>>;
  /** Whether it is about one agent; `"maybe"`: about one, or about all. */
  readonly takesId: boolean | "maybe";
  /** Whether more words may follow the id. */
  readonly takesWords?: boolean;
  /** Settles with the exit code. */
  run(context: CommandContext, input: CommandInput): Promise<number>;
}

/** The flags as the parser wants them. */
export function parserOptions({ flags }: Command): NonNullable<ParseArgsConfig["options"]> {
  const options = Object.entries(flags).map(([name, { short, value }]) => [
    name,
    {
      type: value === undefined ? ("boolean" as const) : ("string" as const),
      ...(short === undefined ? {} : { short }),
    },
  ]);
  return { ...(Object.fromEntries(options) as object), help: { type: "boolean", short: "h" } };
}

/** Something that the person can put right: its message is all that is shown. */
export class CommandError extends Error {
  constructor(
    message: string,
    /** 1: it did not work; 2: it was not called as it should be. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}
