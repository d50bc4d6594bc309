import type { Backend } from "../supervisor/ports.ts";
import type { BackendName } from "../supervisor/instance.ts";

/** Runs each turn with the backend that its agent was given. */
export function backendChoice(backends: Readonly<Record<BackendName, Backend>>): Backend {
  return {
    // A launcher starts a process of the turn's own.
    start: (turn, observer) => backends[turn.on === undefined ? turn.backend : "process"].start(turn, observer),
  };
}
