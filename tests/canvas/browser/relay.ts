import { createConnection, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";

/** A port that passes everything on to another one, as a forwarded port does, until it is cut. */
export interface Relay {
  readonly port: number;
  /** Ends every connection, and takes no new one. */
  cut(): Promise<void>;
  /** On the same port again. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function startRelay(targetPort: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // The other end goes away in the middle: that is what a relay is for.
    socket.on("error", () => socket.destroy());
  };
  let server: Server | undefined;
  const listen = async (port: number) => {
    server = createServer((incoming) => {
      const outgoing = createConnection(targetPort, "127.0.0.1");
      keep(incoming);
      keep(outgoing);
      incoming.pipe(outgoing).pipe(incoming);
    }).listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The relay has no port.");
    return address.port;
  };
  const cut = async () => {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    const closed = once(closing, "close");
    closing.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await listen(0);
  return {
    port,
    cut,
    restore: async () => void (await listen(port)),
    close: cut,
  };
}
