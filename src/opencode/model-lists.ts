import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Files, FileStatus } from "../files/files.ts";
import { singleFlight } from "../lib/single-flight.ts";
import { MODELS_PATH } from "./models-path.ts";
import { isMissing } from "../lib/is-missing.ts";

/** Directories with other providers, and newer lists of opencode's, are few. */
const MOST_KNOWN = 16;

/** A provider that can be used in a directory. */
export interface ConnectedProvider {
  readonly id: string;
  /** Where opencode has it from: `env`, `api`, `config` or `custom`. */
  readonly source?: string | null | undefined;
}

/** A list of models that holds what can be used, and no more. */
export interface ModelList {
  readonly path: string;
  /** The same for all lists of the same providers. */
  readonly providers: string;
}

export interface ModelListsParts {
  readonly environment: NodeJS.ProcessEnv;
  /** Where the lists are kept. */
  readonly folder: string;
  readonly files: Files;
  /** The providers that can be used in a directory. */
  readonly connected: (directory: string) => Promise<readonly ConnectedProvider[]>;
  readonly report: (message: string, cause: unknown) => void;
}

/**
 * Short lists of models for the agents. opencode 1.18.33 reads a list of some thousand models of 226 providers at each
 * start, which is a third of what an `opencode run` asks of the processor. A short one holds the entries of the
 * connected providers as they stand in opencode's own list, so that whatever could be used before still can.
 */
export class ModelLists {
  readonly #parts: ModelListsParts;
  /** What came of each list that was wanted: opencode's own may lack a provider. */
  readonly #known = new Map<string, ModelList | undefined>();

  constructor(parts: ModelListsParts) {
    this.#parts = parts;
  }

  /**
   * The list for an agent in a directory on a model of this provider; `undefined` where opencode had better read its
   * own: the user names one, there is none on disk, or it does not know all that is connected. Never rejects.
   */
  async find(directory: string, providerId: string): Promise<ModelList | undefined> {
    const { environment } = this.#parts;
    if (["OPENCODE_MODELS_URL", "OPENCODE_AUTH_CONTENT", MODELS_PATH].some((name) => environment[name]))
      return undefined;
    try {
      const status = await this.#parts.files.look(hostListPath(environment));
      const connected = await this.#parts.connected(directory);
      const ids = [...new Set([...connected.map(({ id }) => id), ...(await this.#signedIn())])].toSorted();
      if (!status.isFile || !ids.includes(providerId)) return undefined;
      // Defined in the configuration, a provider needs no entry. What else opencode knows it has made of others.
      const needed = connected.filter(({ source }) => source !== "config").map(({ id }) => id);
      return await this.#made(JSON.stringify({ ids, needed, status: stampOf(status) }));
    } catch (error) {
      if (!isMissing(error)) this.#failed(error);
      return undefined;
    }
  }

  readonly #made = singleFlight(async (wanted): Promise<ModelList | undefined> => {
    if (this.#known.has(wanted)) return this.#known.get(wanted);
    const { ids, needed, status } = JSON.parse(wanted) as { ids: string[]; needed: string[]; status: string };
    const { folder, files } = this.#parts;
    const providers = createHash("sha256")
      .update(JSON.stringify([ids, needed]))
      .digest("hex")
      .slice(0, 16);
    const name = `${providers}-${status}.json`;
    const list = { path: join(folder, name), providers };
    const found = await files.look(list.path).catch(() => undefined);
    const usable = found?.isFile === true || (await this.#make(list.path, ids, needed).catch(this.#failed));
    if (usable && found === undefined) await this.#removeOlder(providers, name);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(wanted, usable ? list : undefined);
    return this.#known.get(wanted);
  });

  readonly #failed = (error: unknown): false => {
    this.#parts.report("The short list of models could not be made; agents read the whole one.", error);
    return false;
  };

  /** Whether the list was made: each needed provider has an entry to take over. */
  async #make(path: string, ids: readonly string[], needed: readonly string[]): Promise<boolean> {
    const { environment, folder, files } = this.#parts;
    const whole: unknown = JSON.parse(await files.read(hostListPath(environment)));
    if (typeof whole !== "object" || whole === null || !needed.every((id) => Object.hasOwn(whole, id))) return false;
    const entries = ids.filter((id) => Object.hasOwn(whole, id)).map((id) => [id, Reflect.get(whole, id)] as const);
    await files.makeFolder(folder);
    return await files.replace(path, JSON.stringify(Object.fromEntries(entries)), () => true);
  }

  /** Lists for the same providers from an older one of opencode's: whoever reads such a one has read it by now. */
  async #removeOlder(providers: string, name: string): Promise<void> {
    const { folder, files } = this.#parts;
    const older = (await files.names(folder)).filter((other) => other.startsWith(`${providers}-`) && other !== name);
    await Promise.all(older.map(async (other) => await files.remove(join(folder, other))));
  }

  /** The providers that the user has signed in to, perhaps since this opencode started. Their keys are not looked at. */
  async #signedIn(): Promise<string[]> {
    const { environment, files } = this.#parts;
    try {
      const kept: unknown = JSON.parse(await files.read(authPath(environment)));
      return typeof kept === "object" && kept !== null ? Object.keys(kept) : [];
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

/** opencode's own list, where it has fetched one; another one is built into its binary. */
function hostListPath(environment: NodeJS.ProcessEnv): string {
  return join(environment["XDG_CACHE_HOME"] || join(environment["HOME"] ?? "/", ".cache"), "opencode/models.json");
}

function authPath(environment: NodeJS.ProcessEnv): string {
  return join(environment["XDG_DATA_HOME"] || join(environment["HOME"] ?? "/", ".local/share"), "opencode/auth.json");
}

/** Another one whenever the file is another one. */
function stampOf({ mtimeMs, size, ino }: FileStatus): string {
  return [Math.round(mtimeMs), size, ino].map((number) => number.toString(36)).join("-");
}
