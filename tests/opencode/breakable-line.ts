import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A proxy on TCP that stands between a client and the servers that it asks for, and can be broken. */
export class BreakableLine {
  #state: "whole" | "cut" | "mute" = "whole";
  /** The port of the server that a connection to this proxy is for. */
  #target = 0;
  readonly #sockets = new Set<Socket>();
  readonly #proxy: Server = createServer((near) => this.#join(near));

  /**
   * @param target the port of the one server that it stands before; absent: each request names its own
   * @returns its own port
   */
  async open(target = 0): Promise<number> {
    this.#target = target;
    await new Promise<void>((resolve) => this.#proxy.listen(0, "127.0.0.1", () => resolve()));
    return (this.#proxy.address() as AddressInfo).port;
  }

  /** `fetch`, by way of the proxy. */
  readonly fetch = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    this.#target = Number(url.port);
    url.port = String((this.#proxy.address() as AddressInfo).port);
    return await fetch(new Request(url.href, request));
  };

  /** Every connection breaks off, and each further one at once. */
  cut(): void {
    this.#state = "cut";
    this.#breakOff();
  }

  /** Every connection stays open, and nothing comes through: neither a byte nor an end. */
  mute(): void {
    this.#state = "mute";
    for (const socket of this.#sockets) muffle(socket);
  }

  /** What connects from now on gets through; a connection that was mute stays so, and nobody is told. */
  mend(): void {
    this.#state = "whole";
  }

  close(): void {
    this.#breakOff();
    this.#proxy.close();
  }

  #join(near: Socket): void {
    if (this.#state === "cut") {
      near.destroy();
      return;
    }
    if (this.#state === "mute") {
      this.#sockets.add(near);
      near.on("error", () => undefined);
      near.on("close", () => this.#sockets.delete(near));
      muffle(near);
      return;
    }
    const far = connect(this.#target, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (bytes) => void to.write(bytes));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.end();
      });
    }
  }

  #breakOff(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** A socket that is paused before it is connected may read all the same (Bun 1.3.14). */
function muffle(socket: Socket): void {
  socket.removeAllListeners("data");
  socket.pause();
}
