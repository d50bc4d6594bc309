import { createServer } from "node:net";

/** A port of 127.0.0.1 that nobody listens on; somebody may, a moment later. */
export async function freePort(): Promise<number> {
  return await tryPort(0);
}

/** Whether nobody listens on a port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  return await tryPort(port).then(
    () => true,
    () => false,
  );
}

async function tryPort(wanted: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once("error", reject);
  server.listen(wanted, "127.0.0.1", () => {
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    server.close(() => resolve(port));
  });
  return await promise;
}
