import { createClient } from "@opencode-ai/sdk/v2/gen/client";
import { sendBy, type Transport } from "./transport.ts";

/** Sends one request; the platform's own `fetch`, or a test's. */
export type Fetch = (request: Request) => Promise<Response>;

/** To an `opencode serve`. @param headers of every request */
export function overHttp(baseUrl: string, headers: Record<string, string>, fetch: Fetch): Transport {
  // The types of the client ask for all of Bun's fetch; it calls it with one request.
  const client = createClient({ baseUrl, headers, fetch: fetch as typeof globalThis.fetch });
  return async (request, signal) => await sendBy(client, request, signal);
}
