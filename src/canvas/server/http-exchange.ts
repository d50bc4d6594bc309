import type { IncomingMessage, ServerResponse } from "node:http";

/*
 * Web requests and responses over `node:http`. `Bun.serve` of Bun 1.3.14 takes all that a response's stream gives,
 * whether the client reads or not (oven-sh/bun#32469): a page that stands still would cost a host its memory.
 */

/** @returns `undefined` where the request line holds no path */
export function toRequest(incoming: IncomingMessage): Request | undefined {
  const path = incoming.url ?? "";
  // Put behind a name of our own, so that a path of "//elsewhere/" stays a path.
  if (!path.startsWith("/") || !URL.canParse(`http://canvas${path}`)) return undefined;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (typeof value === "string") headers.set(name, value);
  }
  const method = incoming.method ?? "GET";
  const body = method === "POST" ? bodyOf(incoming) : null;
  return new Request(`http://canvas${path}`, { method, headers, body });
}

/** So long a client may take to read why it was refused, before it is cut off. */
const REFUSED_LINGER_MS = 50;

/** Settles when all is sent, or the client is gone; what it did not take is cancelled at its source. */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  const { req: incoming } = outgoing;
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  // A body that nobody has read to its end would be taken for the next request.
  const isUnread = incoming.method === "POST" && !incoming.readableEnded;
  if (isUnread) outgoing.setHeader("Connection", "close");
  outgoing.writeHead(response.status);
  if (response.body === null) return void outgoing.end();
  const reader = response.body.getReader();
  const gone = new AbortController();
  let wake: (() => void) | null = null;
  const leave = () => {
    gone.abort();
    wake?.();
    reader.cancel().catch(() => undefined);
  };
  // Bun 1.3.14 tells of a client that went away at the socket only.
  incoming.socket.once("close", leave);
  outgoing.on("drain", () => wake?.());
  try {
    while (!gone.signal.aborted) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one chunk after the other
      const { done, value } = await reader.read();
      if (done) return void outgoing.end();
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      // oxlint-disable-next-line eslint/no-await-in-loop -- the client has to take it first
      if (!outgoing.write(value)) await promise;
    }
  } finally {
    incoming.socket.off("close", leave);
    // Bun 1.3.14 reads on what nobody asks for, as fast as it comes, for as long as the client sends.
    if (isUnread) setTimeout(() => incoming.socket.destroy(), REFUSED_LINGER_MS);
  }
}

/** Read as it is asked for, so that a body that is refused half-way is not kept. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}
