import { open, readFile, rm, stat } from "node:fs/promises";
import { isAlive, type SupervisorIdentity } from "../processes/supervisor-identity.ts";
import { recordPath, type StatePaths } from "./state-paths.ts";

/** A claim takes seconds, but for an agent that works on alone; without a host to be asked, it is old after this. */
const OLD_CLAIM_MS = 3_600_000;

/**
 * Decides which of several hosts settles a record: the one that makes an exclusive file. A claim that a dead host left
 * is never removed by who takes over, since two that find it could remove each other's: the right to take over is an
 * exclusive file itself, named after the claim that it follows.
 */
export class RecordClaims {
  readonly #held = new Map<string, string>();

  constructor(
    private readonly paths: StatePaths,
    private readonly identity: SupervisorIdentity,
  ) {}

  /** Whether this host has the record now, alone. */
  async take(instanceId: string): Promise<boolean> {
    for (let path: string | undefined = this.#first(instanceId); path !== undefined;) {
      if (await this.#create(path)) {
        this.#held.set(instanceId, path);
        return true;
      }
      const token = await abandonedBy(path);
      path = token === undefined ? undefined : `${path}.${token}`;
    }
    return false;
  }

  /** Gives the record back; once it is settled, nobody needs any claim on it. */
  async release(instanceId: string, isSettled: boolean): Promise<void> {
    const held = this.#held.get(instanceId);
    this.#held.delete(instanceId);
    if (!isSettled) {
      if (held !== undefined) await rm(held, { force: true });
      return;
    }
    let path: string | undefined = this.#first(instanceId);
    while (path !== undefined) {
      const token = await readToken(path);
      await rm(path, { force: true });
      path = token === undefined ? undefined : `${path}.${token}`;
    }
  }

  async #create(path: string): Promise<boolean> {
    try {
      const handle = await open(path, "wx", 0o600);
      await handle.writeFile(JSON.stringify(this.identity));
      await handle.close();
      return true;
    } catch (error) {
      if (isCode(error, "EEXIST")) return false;
      throw error;
    }
  }

  #first(instanceId: string): string {
    return `${recordPath(this.paths, instanceId)}.claim`;
  }
}

/** The token of the host that left this claim; `undefined` when its owner may live, or when it has just gone. */
async function abandonedBy(path: string): Promise<string | undefined> {
  try {
    const { mtimeMs } = await stat(path);
    const owner = parseOwner(await readFile(path, "utf8"));
    const lives = owner === undefined ? undefined : isAlive(owner);
    if (lives ?? Date.now() - mtimeMs < OLD_CLAIM_MS) return undefined;
    return tokenOf(owner);
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

async function readToken(path: string): Promise<string | undefined> {
  try {
    return tokenOf(parseOwner(await readFile(path, "utf8")));
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** A claim without a readable name: just made, or cut by a power failure. */
function tokenOf(owner: SupervisorIdentity | undefined): string {
  // It becomes a file name: nothing but what a ULID is made of.
  return owner?.token.replaceAll(/[^0-9A-Z]/g, "") ?? "NOBODY";
}

function parseOwner(text: string): SupervisorIdentity | undefined {
  try {
    return JSON.parse(text) as SupervisorIdentity;
  } catch {
    // Not written yet, or never.
    return undefined;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
