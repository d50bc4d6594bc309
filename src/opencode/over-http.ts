import { createClient } from "@opencode-ai/sdk/v2/gen/client";
import { sendBy, type Transport } from "./transport.ts";

/** Sends one request; the platform's own `fetch`, or a test's. */
export type Fetch = (request: Request) => Promise<Response>;

interface HttpParts {
  /** Of every request. */
  readonly headers: Record<string, string>;
  /** Sends a request, and follows nobody who sends it on. */
  readonly fetch: Fetch;
  /** What an error never says, whatever the other side answers. */
  readonly secrets: readonly string[];
}

/** To an `opencode serve`. */
export function overHttp(baseUrl: string, { headers, fetch, secrets }: HttpParts): Transport {
  // The types of the client ask for all of Bun's fetch; it calls it with one request.
  const client = createClient({ baseUrl, headers, redirect: "manual", fetch: fetch as typeof globalThis.fetch });
  return async (request, signal) => {
    const answer = await sendBy(client, request, signal);
    const { error } = answer;
    if (error === undefined || error instanceof Error) return answer;
    const text = typeof error === "string" ? error : JSON.stringify(error);
    const hidden = secrets.reduce((said, secret) => said.replaceAll(secret, "…"), text);
    return hidden === text ? answer : { ...answer, error: hidden };
  };
}
