import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describeError } from "../lib/describe-error.ts";
import { isMissing } from "../lib/is-missing.ts";
import * as z from "../lib/schema.ts";
import { CommandError } from "./command.ts";

const NAMES = ["opencode.json", "opencode.jsonc"];
const PACKAGE = "opencode-bizar";
const config = z.object({ plugin: z._default(z.array(z.unknown()), []) });
const entry = z.tuple([z.string(), z.unknown()]);
const packed = z.object({ name: z.string() });

/** The options of this plugin as they are written, and the file that they are in. */
export interface ConfiguredOptions {
  readonly raw: unknown;
  readonly path: string;
}

/**
 * Finds the options as opencode would for a directory: in what its environment says, in the directory's own configuration,
 * in that of a folder above, then in the user's. `opencode debug config` makes stars of every name with "password" in it.
 */
export async function configuredOptions(
  directory: string,
  environment: NodeJS.ProcessEnv,
): Promise<ConfiguredOptions | undefined> {
  const { OPENCODE_CONFIG_CONTENT: content, OPENCODE_CONFIG: file } = environment;
  const given = content === undefined ? undefined : await optionsIn("OPENCODE_CONFIG_CONTENT", content, directory);
  if (given !== undefined) return { raw: given, path: "OPENCODE_CONFIG_CONTENT" };
  const paths = foldersOf(directory, environment).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  for (const path of file === undefined ? paths : [...paths, resolve(directory, file)]) {
    const text = await textOf(path);
    const raw = text === undefined ? undefined : await optionsIn(path, text, dirname(path));
    if (raw !== undefined) return { raw, path };
  }
  return undefined;
}

function foldersOf(directory: string, environment: NodeJS.ProcessEnv): string[] {
  const folders: string[] = [];
  for (let at = directory; ; at = dirname(at)) {
    folders.push(join(at, ".opencode"), at);
    if (at === dirname(at)) break;
  }
  const {
    HOME: home = homedir(),
    XDG_CONFIG_HOME: user = join(home, ".config"),
    OPENCODE_CONFIG_DIR: own,
  } = environment;
  return [...folders, ...(own === undefined ? [] : [own]), join(user, "opencode")];
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(path, error);
  }
}

/** @param folder what paths in the text start from */
async function optionsIn(path: string, text: string, folder: string): Promise<unknown> {
  try {
    const { plugin } = config.parse(Bun.JSONC.parse(text));
    for (const each of plugin) {
      const read = entry.safeParse(each);
      if (read.success && (await isThisPlugin(read.data[0], folder))) return read.data[1] ?? {};
    }
    return undefined;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Whether a plugin is named that is this one: by the name of its package, or by where a copy of it lies. */
async function isThisPlugin(name: string, folder: string): Promise<boolean> {
  if (name === PACKAGE || name.startsWith(`${PACKAGE}@`)) return true;
  if (!/^(?:\.|\/|~\/|file:)/.test(name)) return false;
  const path = name.startsWith("file:") ? fileURLToPath(name) : resolve(folder, name.replace(/^~(?=\/)/, homedir()));
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    const text = await readFile(join(at, "package.json"), "utf8").catch(() => undefined);
    if (text !== undefined) return packed.safeParse(JSON.parse(text)).data?.name === PACKAGE;
  }
  return false;
}

function unreadable(path: string, error: unknown): CommandError {
  return new CommandError(`${path} cannot be read: ${describeError(error)}`);
}
