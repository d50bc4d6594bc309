import type { Backend } from "../../supervisor/ports.ts";
import { sharedServer, type ServerRecipe } from "./warm-servers.ts";
import { WarmTurn, type WarmTurnParts } from "./warm-turn.ts";

export interface WarmBackendParts extends Omit<WarmTurnParts, "server"> {
  readonly recipe: ServerRecipe;
  /** The plugin instance that uses the server. */
  readonly token: string;
}

/** A backend with a server behind it. */
export interface WarmBackend extends Backend {
  /** The plugin instance goes: the server is ended at once, unless another one uses it. */
  close(): void;
}

/** Runs each turn in a session of one warm `opencode serve`, which is started when the first turn needs it. */
export function warmBackend({ recipe, token, ...parts }: WarmBackendParts): WarmBackend {
  const server = sharedServer(recipe);
  server.join(token);
  return {
    start: (turn, observer) => new WarmTurn({ ...parts, server }, turn, observer),
    close: () => server.leave(token),
  };
}
