import { ulid } from "ulid";
import { describeError } from "../../lib/describe-error.ts";
import { endTreeNow } from "../../processes/end-tree.ts";
import type { Clock, Timer } from "../../lib/clock.ts";
import type { WarmServer, WarmServerParts } from "./warm-server.ts";

/** So many ends within {@link CRASH_MEMORY_MS} are one too many. */
const MOST_CRASHES = 3;
const CRASH_MEMORY_MS = 300_000;
const FIRST_PAUSE_MS = 500;

/** Why a server that was asked for is not started. */
export const NOT_NEEDED = "The opencode that asked for the server of the warm agents was closed.";

/** A server that starts, or runs. */
interface Current {
  /** What everything of it carries. */
  readonly marker: string;
  server: WarmServer | undefined;
  readonly ready: Promise<WarmServer>;
  /** Settles when it has ended by itself, and nothing of it is left. */
  readonly left: PromiseWithResolvers<void>;
}

/** How a server is started; the same for all who share it. */
export interface ServerRecipe {
  /** Tells the servers of one process apart: the binary, the configuration and the environment. */
  readonly key: string;
  readonly idleMs: number;
  readonly clock: Clock;
  /** Everything but the marker. */
  readonly parts: (marker: string) => WarmServerParts;
}

/** A server for as long as a turn needs it. */
export interface Lease {
  readonly server: WarmServer;
  release(): void;
}

/**
 * One server for all directories of a process that have the same configuration: started when the first turn needs it,
 * ended when none has for a while or the last plugin instance leaves, started again after a crash, but not for ever.
 */
export class SharedServer {
  /** The tokens of the plugin instances. */
  readonly #users = new Set<string>();
  readonly #crashes: { readonly at: number; readonly why: string }[] = [];
  #current: Current | undefined;
  #turns = 0;
  #idle: Timer | undefined;

  constructor(
    private readonly recipe: ServerRecipe,
    /** The last plugin instance has left: the next one has a recipe of its own. */
    private readonly onLeft: () => void = () => undefined,
  ) {}

  join(token: string): void {
    this.#users.add(token);
  }

  /** Ends the server at once, before it returns, when nobody else is left. */
  leave(token: string): void {
    this.#users.delete(token);
    if (this.#users.size > 0) return;
    this.#idle?.clear();
    this.#endNow();
    this.onLeft();
  }

  /**
   * The server for one turn; started where there is none.
   *
   * @throws Error when it cannot be started, or has ended too often lately
   */
  async lease(): Promise<Lease> {
    this.#turns += 1;
    this.#idle?.clear();
    this.#idle = undefined;
    try {
      const server = await this.#running();
      return { server, release: once(() => this.#release()) };
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  async #running(): Promise<WarmServer> {
    const current = (this.#current ??= this.#start());
    const server = await current.ready;
    if (!server.isGone || this.#current !== current) return server;
    // It has just ended: the next one starts when what it has left behind is gone.
    await current.left.promise;
    if (this.#users.size === 0) throw new Error(NOT_NEEDED);
    return await this.#running();
  }

  #release(): void {
    this.#turns -= 1;
    if (this.#turns > 0 || this.#current === undefined) return;
    this.#idle = this.recipe.clock.after(this.recipe.idleMs, () => this.#endNow());
  }

  #endNow(): void {
    const current = this.#current;
    this.#current = undefined;
    if (current === undefined) return;
    if (current.server === undefined) endTreeNow({ marker: current.marker });
    else current.server.endNow();
  }

  #start(): Current {
    const marker = `wrm_${ulid()}`;
    const current: Current = {
      marker,
      server: undefined,
      ready: this.#startAfterPause(marker, () => current),
      left: Promise.withResolvers(),
    };
    // Whoever waits for it is told; the next one asks anew.
    current.ready.catch(() => this.#forget(current));
    return current;
  }

  #forget(current: Current): void {
    if (this.#current === current) this.#current = undefined;
  }

  async #startAfterPause(marker: string, current: () => Current): Promise<WarmServer> {
    const { clock, parts } = this.recipe;
    await this.#waitAfterCrash();
    const { WarmServer } = await import("./warm-server.ts");
    const crashed = (why: string) => {
      current().left.resolve();
      // One that was ended on purpose has not crashed.
      if (this.#current !== current()) return;
      this.#crashes.push({ at: clock.now(), why });
      this.#forget(current());
    };
    if (this.#current !== current()) throw new Error(NOT_NEEDED);
    try {
      const server = await WarmServer.start(parts(marker), crashed);
      current().server = server;
      if (this.#current === current()) return server;
      server.endNow();
    } catch (error) {
      crashed(describeError(error));
      throw error;
    }
    throw new Error(NOT_NEEDED);
  }

  /** After each crash it takes longer, and after too many it is over for a while. */
  async #waitAfterCrash(): Promise<void> {
    const { clock } = this.recipe;
    const now = clock.now();
    while (this.#crashes[0] !== undefined && now - this.#crashes[0].at > CRASH_MEMORY_MS) this.#crashes.shift();
    const last = this.#crashes.at(-1);
    if (last === undefined) return;
    if (this.#crashes.length > MOST_CRASHES) {
      throw new Error(
        `The opencode server of the warm agents ended ${this.#crashes.length} times within ` +
          `${CRASH_MEMORY_MS / 60_000} minutes and is not started again for now. The last time: ${last.why} ` +
          `Use the backend "process", or wait.`,
      );
    }
    const pause = last.at + FIRST_PAUSE_MS * 2 ** (this.#crashes.length - 1) - now;
    if (pause > 0) await new Promise<void>((resolve) => clock.after(pause, resolve));
  }
}

const SHARED_SERVERS = Symbol.for("opencode-bizar.warm-servers");

/** The server of a configuration; one for this process, whichever directory asks. */
export function sharedServer(recipe: ServerRecipe): SharedServer {
  const holder = globalThis as { [SHARED_SERVERS]?: Map<string, SharedServer> };
  const servers = (holder[SHARED_SERVERS] ??= new Map());
  // Another version of the plugin has servers of its own.
  const key = `${import.meta.url} ${recipe.key}`;
  const known = servers.get(key);
  if (known !== undefined) return known;
  const made: SharedServer = new SharedServer(recipe, () => {
    if (servers.get(key) === made) servers.delete(key);
  });
  servers.set(key, made);
  return made;
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    run();
  };
}
