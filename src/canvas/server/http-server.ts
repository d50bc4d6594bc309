import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { sendResponse, toRequest } from "./http-exchange.ts";
import type { Connection } from "./own-user.ts";

/** A server of web requests on the machine's own address. */
export interface HttpServer {
  readonly port: number;
  /** At once: connections are cut, and the port is free. */
  close(): void;
}

/**
 * Listens on 127.0.0.1, on a port that the system chooses.
 *
 * @param answer never rejects
 * @param report a connection that broke in the middle of an answer
 * @throws Error when the system lets nobody listen
 */
export async function listen(
  answer: (request: Request, connection: Connection) => Response | Promise<Response>,
  report: (message: string, cause: unknown) => void,
): Promise<HttpServer> {
  const exchange = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const request = toRequest(incoming);
    if (request === undefined) return void outgoing.writeHead(400, { Connection: "close" }).end();
    await sendResponse(await answer(request, connectionOf(incoming)), outgoing);
  };
  const server = createServer((incoming, outgoing) => {
    // A client that goes away in the middle is its own business.
    incoming.on("error", () => undefined);
    outgoing.on("error", () => undefined);
    exchange(incoming, outgoing).catch((cause: unknown) => {
      if (!incoming.socket.destroyed) report("The canvas could not answer.", cause);
      outgoing.destroy();
    });
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The canvas's server has no port.");
  return {
    port: address.port,
    close() {
      // In this order: after `close`, `closeAllConnections` of Bun 1.3.14 does nothing (oven-sh/bun#30501).
      server.closeAllConnections();
      server.close();
    },
  };
}

function connectionOf({ socket }: IncomingMessage): Connection {
  const { remoteAddress = "", remotePort = 0, localPort = 0 } = socket;
  return { clientAddress: remoteAddress, clientPort: remotePort, serverPort: localPort };
}
