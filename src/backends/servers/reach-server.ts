import { isLoopbackName } from "../../lib/loopback.ts";
import { localFetch } from "../warm/local-fetch.ts";

/** Sends a request to a server of the pool: past every proxy where it is on this machine. */
export async function reachServer(request: Request): Promise<Response> {
  return await (isLoopbackName(new URL(request.url).hostname) ? localFetch : fetch)(request);
}
