import type { PluginInput } from "./plugin-api.ts";

interface RawRequest {
  readonly url: string;
  readonly path: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly headers: Record<string, string>;
  readonly signal?: AbortSignal;
}

interface RawAnswer {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response?: Response;
}

/** The requests for which the client that a plugin is given has no names (1.18.33). */
export interface RawClient {
  post(request: RawRequest): Promise<RawAnswer>;
  patch(request: RawRequest): Promise<RawAnswer>;
}

/** What is behind the client that a plugin is given. */
export function rawClient(client: PluginInput["client"]): RawClient {
  return Reflect.get(client, "_client") as RawClient;
}

/** For requests with a body: this client sets none. */
export const JSON_HEADERS = { "content-type": "application/json" };
