import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { describeError } from "../lib/describe-error.ts";
import { isMissing } from "../lib/is-missing.ts";
import { CommandError } from "./command.ts";

const NAMES = ["opencode.json", "opencode.jsonc"];
const config = z.object({ plugin: z.array(z.unknown()).default([]) });
const entry = z.tuple([z.string().regex(/bizar/i), z.unknown()]);

/** The options of this plugin as they are written, and the file that they are in. */
export interface ConfiguredOptions {
  readonly raw: unknown;
  readonly path: string;
}

/**
 * Finds the options as opencode would for a directory: in its own configuration, in that of a folder above, then in the
 * user's. `opencode debug config` makes stars of every name with "password" in it.
 */
export async function configuredOptions(
  directory: string,
  environment: NodeJS.ProcessEnv,
): Promise<ConfiguredOptions | undefined> {
  for (const folder of foldersOf(directory, environment)) {
    for (const path of NAMES.map((name) => join(folder, name))) {
      const raw = await optionsIn(path);
      if (raw !== undefined) return { raw, path };
    }
  }
  return undefined;
}

function foldersOf(directory: string, environment: NodeJS.ProcessEnv): string[] {
  const folders: string[] = [];
  for (let at = directory; ; at = dirname(at)) {
    folders.push(join(at, ".opencode"), at);
    if (at === dirname(at)) break;
  }
  const home = environment["HOME"] ?? homedir();
  return [...folders, join(environment["XDG_CONFIG_HOME"] ?? join(home, ".config"), "opencode")];
}

async function optionsIn(path: string): Promise<unknown> {
  try {
    const { plugin } = config.parse(Bun.JSONC.parse(await readFile(path, "utf8")));
    return plugin.flatMap((each) => {
      const read = entry.safeParse(each);
      return read.success ? [read.data[1] ?? {}] : [];
    })[0];
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new CommandError(`${path} cannot be read: ${describeError(error)}`);
  }
}
