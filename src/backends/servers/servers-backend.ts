import type { TranscriptTurn } from "../../supervisor/ports.ts";
import { neverRun } from "../stopped-early.ts";
import type { ServerBackend } from "../backend-choice.ts";
import { PoolServer, type PoolServerOptions, type PoolServerParts } from "./pool-server.ts";
import { ServerTurn, type ServerTurnParts } from "./server-turn.ts";

export interface ServersBackendParts extends Omit<ServerTurnParts, "server">, Omit<PoolServerParts, "options"> {
  readonly servers: readonly PoolServerOptions[];
}

/** A backend with lines to other machines. */
export interface ServersBackend extends ServerBackend {
  /**
   * The servers of which one will do where any does: those that can be used, or all where none can. The others are looked at
   * meanwhile.
   *
   * @param known is called when there is something new to it
   */
  usable(known: () => void): string[];
  /**
   * The turns of a session in one of them; `undefined`: a place is none of them. Rejects when it cannot tell.
   *
   * @param prompts the messages that are known to begin a turn
   */
  read(place: string, sessionId: string, prompts: ReadonlySet<string>): Promise<TranscriptTurn[] | undefined>;
  /** The plugin instance goes. */
  close(): void;
}

/** Runs each turn in a session of a server elsewhere, over one line to each. */
export function serversBackend({
  servers,
  environment,
  version,
  fetch,
  ...parts
}: ServersBackendParts): ServersBackend {
  const { clock } = parts;
  const pool = new Map(
    servers.map((options) => [options.name, new PoolServer({ options, environment, version, fetch, clock })]),
  );
  return {
    has: (place) => pool.has(place),
    start(turn, observer) {
      const server = pool.get(turn.on ?? "");
      if (server !== undefined) return new ServerTurn({ ...parts, server }, turn, observer);
      const end = neverRun(`There is no server "${turn.on}" any more: it is not in the option "servers".`);
      return { ended: Promise.resolve(end), hasExited: false, answer() {}, stop: async () => undefined, stopNow() {} };
    },
    usable(known) {
      const all = [...pool.values()];
      const unknown = all.filter(({ seemsUsable }) => seemsUsable === undefined);
      for (const server of unknown) void server.look(known);
      const good = all.filter(({ seemsUsable }) => seemsUsable);
      return (good.length + unknown.length === 0 ? all : good).map(({ options }) => options.name);
    },
    read: async (place, sessionId, prompts) => await pool.get(place)?.turns(sessionId, prompts),
    close() {
      for (const server of pool.values()) server.close();
    },
  };
}
