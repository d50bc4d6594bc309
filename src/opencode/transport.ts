import type { PluginInput } from "./plugin-api.ts";
import type { ApiRequest } from "./requests.ts";

/** What came of a request: `data`, or `error`, which is what the other side said or what went wrong on the way. */
export interface ApiAnswer {
  readonly data?: unknown;
  readonly error?: unknown;
  /** Absent: there was none. */
  readonly response?: Response | undefined;
}

/** Sends a request to one opencode. May reject. */
export type Transport = (request: ApiRequest, signal: AbortSignal) => Promise<ApiAnswer>;

/** What sends the requests of each of opencode's own clients. */
export type GenericClient = Record<ApiRequest["method"], (request: never) => Promise<ApiAnswer>>;

/** To the opencode that the plugin is in. What a plugin is given names some requests; behind it all can be sent (1.18.33). */
export function inProcess(client: () => PluginInput["client"]): Transport {
  return async (request, signal) => await sendBy(Reflect.get(client(), "_client") as GenericClient, request, signal);
}

export async function sendBy(
  client: GenericClient,
  { method, ...request }: ApiRequest,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  // For a body it sets none by itself.
  const headers = request.body === undefined ? {} : { "content-type": "application/json" };
  return await client[method]({ ...request, headers, signal } as never);
}
