import type { SupervisorIdentity } from "../processes/supervisor-identity.ts";
import { isCode } from "../lib/is-code.ts";
import { thisMachine, type Machine } from "./machine.ts";
import { recordPath, type StatePaths } from "./state-paths.ts";

/** A claim takes seconds, but for an agent that works on alone; without a host to be asked, it is old after this. */
const OLD_CLAIM_MS = 3_600_000;
/** A claim gets its name in the moment in which it is made: after this, who made it has died over it. */
const NAMELESS_CLAIM_MS = 60_000;

const CLAIM_ENDING = ".claim";

/** The instance that a file is the first claim on; `undefined` of any other file. */
export function claimedInstance(name: string): string | undefined {
  const ending = `.json${CLAIM_ENDING}`;
  return name.endsWith(ending) ? name.slice(0, -ending.length) : undefined;
}

/** A claim that a dead host left, and the token of that host. */
interface AbandonedClaim {
  readonly path: string;
  readonly token: string;
}

/**
 * Decides which of several hosts settles a record: the one that makes an exclusive file. A claim that a dead host left
 * is never removed by who takes over, since two that find it could remove each other's: the right to take over is an
 * exclusive file itself, named after the claim that it follows.
 */
export class RecordClaims {
  readonly #held = new Map<string, string>();
  #isClosed = false;

  constructor(
    private readonly paths: StatePaths,
    private readonly identity: SupervisorIdentity,
    private readonly machine: Machine = thisMachine,
  ) {}

  /** Whether this host has the record now, alone. */
  async take(instanceId: string): Promise<boolean> {
    let followed: AbandonedClaim | undefined;
    for (let path: string | undefined = this.#first(instanceId); path !== undefined;) {
      if (this.#isClosed) return false;
      if (await this.#create(path)) {
        this.#held.set(instanceId, path);
        if (this.#isClosed) this.close();
        return !this.#isClosed && (await this.#stillFollows(followed, instanceId));
      }
      const token = await this.#abandonedBy(path);
      followed = token === undefined ? undefined : { path, token };
      path = token === undefined ? undefined : `${path}.${token}`;
    }
    return false;
  }

  /**
   * Whether the claim that was taken over is there yet. Another host may have taken it over before, settled the record
   * and removed them all: a claim that follows none excludes nobody, and is given back.
   */
  async #stillFollows(followed: AbandonedClaim | undefined, instanceId: string): Promise<boolean> {
    if (followed === undefined || (await this.#readToken(followed.path)) === followed.token) return true;
    await this.release(instanceId, false);
    return false;
  }

  /** Gives the record back; once it is settled, nobody needs any claim on it. */
  async release(instanceId: string, isSettled: boolean): Promise<void> {
    if (this.#isClosed) return;
    const held = this.#held.get(instanceId);
    this.#held.delete(instanceId);
    if (!isSettled) {
      if (held !== undefined) await this.machine.files.remove(held);
      return;
    }
    let path: string | undefined = this.#first(instanceId);
    while (path !== undefined) {
      const token = await this.#readToken(path);
      await this.machine.files.remove(path);
      path = token === undefined ? undefined : `${path}.${token}`;
    }
  }

  /**
   * Gives everything back before it returns, while this host still counts as alive: a claim of a dead one may have been
   * followed, and must not be removed by who made it.
   */
  close(): void {
    this.#isClosed = true;
    for (const path of this.#held.values()) {
      try {
        this.machine.files.removeNow(path);
      } catch {
        // Left as a dead host leaves it.
      }
    }
    this.#held.clear();
  }

  async #create(path: string): Promise<boolean> {
    try {
      await this.machine.files.create(path, JSON.stringify(this.identity));
      return true;
    } catch (error) {
      if (isCode(error, "EEXIST")) return false;
      throw error;
    }
  }

  /** The token of the host that left this claim; `undefined` when its owner may live, or when it has just gone. */
  async #abandonedBy(path: string): Promise<string | undefined> {
    const { files, now, isAlive } = this.machine;
    try {
      const { mtimeMs } = await files.look(path);
      const owner = parseOwner(await files.read(path));
      const lives = owner === undefined ? undefined : isAlive(owner);
      if (lives ?? now() - mtimeMs < (owner === undefined ? NAMELESS_CLAIM_MS : OLD_CLAIM_MS)) return undefined;
      return tokenOf(owner);
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  async #readToken(path: string): Promise<string | undefined> {
    try {
      return tokenOf(parseOwner(await this.machine.files.read(path)));
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  #first(instanceId: string): string {
    return `${recordPath(this.paths, instanceId)}${CLAIM_ENDING}`;
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
