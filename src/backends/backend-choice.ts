import type { Backend } from "../supervisor/ports.ts";
import type { BackendName } from "../supervisor/instance.ts";

/** Agents in servers elsewhere. */
export interface ServerBackend extends Backend {
  /** Whether a place is one of them. */
  has(place: string): boolean;
}

/** Runs each turn with the backend that its agent was given, or that its place has. */
export function backendChoice(
  backends: Readonly<Record<BackendName, Backend>> & { readonly servers: ServerBackend },
): Backend {
  return {
    start(turn, observer) {
      const { on } = turn;
      if (on === undefined) return backends[turn.backend].start(turn, observer);
      // A launcher starts a process of the turn's own.
      return backends[backends.servers.has(on) ? "servers" : "process"].start(turn, observer);
    },
  };
}
