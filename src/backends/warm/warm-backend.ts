import type { Backend, TurnRequest } from "../../supervisor/ports.ts";
import type { WarmServerParts } from "./warm-server.ts";
import { NOT_NEEDED, sharedServer, type Lease, type ServerRecipe, type SharedServer } from "./warm-servers.ts";
import { WarmTurn, type WarmTurnParts } from "./warm-turn.ts";

/** A list of models for a server. */
interface ServerModels {
  readonly path: string;
  /** The same for all lists of the same providers: those who need the same can share a server. */
  readonly providers: string;
}

export interface WarmBackendParts extends Omit<WarmTurnParts, "lease"> {
  readonly recipe: Omit<ServerRecipe, "parts"> & {
    readonly parts: (marker: string) => Omit<WarmServerParts, "modelsPath">;
  };
  /** The list of models that a turn needs of its server; opencode's own where there is none. Never rejects. */
  readonly models?: (turn: TurnRequest) => Promise<ServerModels | undefined>;
  /** The plugin instance that uses the servers. */
  readonly token: string;
}

/** A backend with a server behind it. */
export interface WarmBackend extends Backend {
  /** The plugin instance goes: its server is ended at once, unless another one uses it. */
  close(): void;
}

/**
 * Runs each turn in a session of one warm `opencode serve`, which is started when the first turn needs it. Directories
 * that use other providers have another server.
 */
export function warmBackend({ recipe, token, models, ...parts }: WarmBackendParts): WarmBackend {
  const joined = new Set<SharedServer>();
  let isClosed = false;
  const lease = async (turn: TurnRequest): Promise<Lease> => {
    const list = await models?.(turn);
    if (isClosed) throw new Error(NOT_NEEDED);
    const server = sharedServer({
      ...recipe,
      key: `${recipe.key} ${list?.providers ?? ""}`,
      parts: (marker) => ({ ...recipe.parts(marker), modelsPath: list?.path }),
    });
    server.join(token);
    joined.add(server);
    return await server.lease();
  };
  return {
    start: (turn, observer) => new WarmTurn({ ...parts, lease }, turn, observer),
    close() {
      isClosed = true;
      for (const server of joined) server.leave(token);
    },
  };
}
