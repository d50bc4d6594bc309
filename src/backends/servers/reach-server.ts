import { lookup } from "node:dns/promises";
import { isCode } from "../../lib/is-code.ts";
import { isLoopbackName } from "../../lib/loopback.ts";
import { localFetch } from "../warm/local-fetch.ts";

/** The messages of the longest session, with pictures; files come in parts. Each byte is in memory several times. */
const MOST_BYTES = 67_108_864;
const STREAM = "text/event-stream";

/**
 * Sends a request to a server of the pool: past every proxy where it is on this machine, and to nobody else. An answer that
 * does not end is broken off.
 */
export async function reachServer(request: Request): Promise<Response> {
  const { hostname } = new URL(request.url);
  const response = await (isLoopbackName(hostname) ? localFetch : fetch)(request).catch(async (error: unknown) => {
    throw (await inWords(error, hostname)) ?? error;
  });
  const { status, headers, body } = response;
  if (status >= 300 && status < 400) {
    await body?.cancel();
    const to = URL.parse(headers.get("location") ?? "", request.url);
    throw new Error(
      `it sends on to ${to === null ? "another address" : to.origin + to.pathname} (HTTP ${status}), where nothing is sent, the ` +
        `password least of all. If that is the server, name it as "url".`,
    );
  }
  // Its lines are limited, one by one.
  if (body === null || headers.get("content-type")?.startsWith(STREAM) === true) return response;
  // What says nothing of itself would be handed on as a stream that nobody reads, and nobody ends.
  if (!headers.has("content-type")) headers.set("content-type", "text/plain");
  return new Response(body.pipeThrough(limit(MOST_BYTES)), { status, headers });
}

function limit(mostBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes <= mostBytes) controller.enqueue(chunk);
      else controller.error(new Error(`it sent more than ${mostBytes / 1_048_576} MB and had not come to an end.`));
    },
  });
}

/** What Bun 1.3.14 says for programmers. */
async function inWords(cause: unknown, hostname: string): Promise<Error | undefined> {
  if (isCode(cause, "ECONNRESET")) return new Error("it closed the connection without an answer.", { cause });
  if (isCode(cause, "Malformed_HTTP_Response")) return new Error("what listens there is no HTTP.", { cause });
  if (!isCode(cause, "ConnectionRefused", "FailedToOpenSocket")) return undefined;
  // An address needs no name server; a name that is not known is refused just like a port.
  const isKnown = await isMachine(hostname);
  const why = isKnown ? "nothing listens there, or not in this protocol." : `there is no machine ${hostname}.`;
  return new Error(why, { cause });
}

async function isMachine(hostname: string): Promise<boolean> {
  try {
    await lookup(hostname.replaceAll(/[[\]]/g, ""));
    return true;
  } catch {
    return false;
  }
}
