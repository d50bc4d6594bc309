import { createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "bun:test";
import { PoolServer, type PoolServerOptions } from "../../../src/backends/servers/pool-server.ts";
import { reachServer } from "../../../src/backends/servers/reach-server.ts";
import { serversBackend } from "../../../src/backends/servers/servers-backend.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { scaledClock } from "../../scaled-clock.ts";

const PASSWORD = "correct horse";
const SECRET = Buffer.from(`opencode:${PASSWORD}`).toString("base64");
const VERSION = "1.2.3";
/** A limit of ten seconds passes in a tenth of one. */
const HURRIED = scaledClock(100);
/** A resolver of names that is not there is no subject here. */
const LIMIT_MS = 30_000;
const environment = { POOL_PASSWORD: PASSWORD };

const optionsOf = (name: string, url: string): PoolServerOptions => ({
  ...{ name, url, passwordEnv: "POOL_PASSWORD", username: "opencode", directory: "/srv/app" },
  ...{ fetch: false, reconnectMs: 1000 },
});

const partsOf = (clock: Clock) => ({
  ...{ environment, fetch: reachServer, clock },
  version: async () => await Promise.resolve(VERSION),
});

/** What an agent is told of a server at this address, and how long that takes. */
async function refusalOf(url: string, clock: Clock = systemClock): Promise<string> {
  const server = new PoolServer({ options: optionsOf("far", url), ...partsOf(clock) });
  onTestFinished(() => server.close());
  const refusal = (await server.take("worker")) ?? "none";
  server.release();
  expect(refusal).not.toContain(PASSWORD);
  expect(refusal).not.toContain(SECRET);
  return refusal;
}

function serving(fetch: (request: Request) => Response | Promise<Response>, hostname = "127.0.0.1"): string {
  const server = Bun.serve({ hostname, port: 0, idleTimeout: 0, fetch });
  onTestFinished(async () => await server.stop(true));
  return server.url.origin;
}

async function listening(connected: (socket: Socket) => void): Promise<string> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    connected(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

const EVENT = `data: ${JSON.stringify({ payload: { type: "server.connected", properties: {} } })}\n\n`;

/** As an opencode server answers, as far as it is looked at before an agent runs. */
function answer(request: Request): Response {
  const { pathname } = new URL(request.url);
  if (request.headers.get("authorization") !== `Basic ${SECRET}`) return new Response("no", { status: 401 });
  const of: Readonly<Record<string, unknown>> = {
    "/global/health": { healthy: true, version: VERSION },
    "/file": [],
    "/project/current": { id: "p" },
    "/experimental/tool/ids": [],
    "/agent": [{ name: "worker", mode: "all" }],
  };
  if (pathname !== "/global/event") return Response.json(of[pathname] ?? {});
  const stream = new ReadableStream({ start: (controller) => controller.enqueue(EVENT) });
  return new Response(stream, { headers: { "content-type": "text/event-stream" } });
}

const html = () => new Response("<html>Sign in</html>", { headers: { "content-type": "text/html" } });

test(
  "what answers otherwise than an opencode server is told with what came, and what to do",
  async () => {
    const of = (fetch: (request: Request) => Response) => refusalOf(serving(fetch));
    const cases: [refusal: Promise<string>, words: string][] = [
      [
        of(html),
        'but a page of HTML; it was made for opencode 1.18.33. See that "url" is the address of opencode serve.',
      ],
      [of(() => new Response("<html>", { status: 502 })), "far did not give its health (HTTP 502): <html>"],
      [
        of(() => Response.json({ healthy: true, version: "0.9.0" })),
        "opencode on far is version 0.9.0, and here it is 1.2.3.",
      ],
      [of(() => Response.json({ status: "up" })), "in a form this plugin does not know (healthy:"],
      [of(() => new Response("no", { status: 401 })), "far does not take the password (from POOL_PASSWORD)"],
      // An echo of what it was sent.
      [
        of(({ headers }) => new Response(`${headers.get("authorization")} ${PASSWORD}`, { status: 500 })),
        "far did not give its health (HTTP 500): Basic … …",
      ],
      [of(({ headers }) => Response.json({ headers }, { status: 500 })), "(HTTP 500):"],
      [of(() => new Response(null, { status: 204 })), "does not answer as an opencode server does"],
      [refusalOf("http://no-such-machine.invalid:4096"), "there is no machine no-such-machine.invalid."],
      [
        refusalOf("http://127.0.0.1:1"),
        "nothing listens there, or not in this protocol. See that opencode serve runs there",
      ],
      [refusalOf(await listening((socket) => socket.destroy())), "it closed the connection without an answer."],
      [refusalOf(await listening((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"))), "what listens there is no HTTP."],
    ];
    for (const [refusal, words] of cases) expect(await refusal).toContain(words);
  },
  LIMIT_MS,
);

test(
  "nobody is followed to another address, with or without the password",
  async () => {
    const asked: string[] = [];
    const other = serving((request) => {
      asked.push(request.url);
      return answer(request);
    });
    for (const status of [301, 302, 307, 308]) {
      const url = serving(() => new Response(null, { status, headers: { location: `${other}/login?to=${PASSWORD}` } }));
      const refusal = await refusalOf(url);
      expect(refusal).toContain(`it sends on to ${other}/login (HTTP ${status}), where nothing is sent`);
    }
    const events = serving((request) =>
      request.url.endsWith("/global/event") ? Response.redirect(`${other}/global/event`) : answer(request),
    );
    expect(await refusalOf(events, HURRIED)).toMatch(/did not send its events within 10 s\. .* it sends on to http/);
    expect(asked).toEqual([]);
  },
  LIMIT_MS,
);

/** An answer that goes on and on, a blank at a time. */
const drips = () =>
  new Response(
    new ReadableStream({
      async pull(controller) {
        controller.enqueue(" ");
        await new Promise<void>((resolve) => setTimeout(resolve, 5));
      },
    }),
    { headers: { "content-type": "application/json" } },
  );

test(
  "what answers too late, never, or without an end is given up in time",
  async () => {
    const silent = await refusalOf(await listening(() => undefined), HURRIED);
    expect(silent).toContain("far did not give its health within 10 s.");
    expect(await refusalOf(serving(drips), HURRIED)).toContain("far did not give its health within 10 s.");
    const noEvents = serving((request) => (request.url.endsWith("/global/event") ? html() : answer(request)));
    expect(await refusalOf(noEvents, HURRIED)).toContain("far did not send its events within 10 s.");
  },
  LIMIT_MS,
);

test(
  "an answer without an end does not fill the memory",
  async () => {
    const program = `const bytes = new Uint8Array(1 << 20).fill(32);
    const body = () => new ReadableStream({ type: "direct", async pull(to) { for (;;) { to.write(bytes); await to.flush(); } } });
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(body(), { headers: { "content-type": "application/json" } }) });
    console.log(server.port);`;
    const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe" });
    onTestFinished(() => child.kill("SIGKILL"));
    const { value } = await child.stdout.getReader().read();
    const before = process.memoryUsage().rss;
    const refusal = await refusalOf(`http://127.0.0.1:${new TextDecoder().decode(value).trim()}`);
    expect(refusal).toMatch(/it sent more than 64 MB and had not come to an end\.|within 10 s/);
    expect(process.memoryUsage().rss - before).toBeLessThan(500_000_000);
  },
  LIMIT_MS,
);

test(
  "an address of IPv6, and one with a path, is a server as any other",
  async () => {
    expect(await refusalOf(serving(answer, "::1"))).toBe("none");
    const behind = serving((request) => {
      const { pathname } = new URL(request.url);
      const inner = new Request(request.url.replace("/code/", "/"), request);
      return pathname.startsWith("/code/") ? answer(inner) : html();
    });
    expect(await refusalOf(`${behind}/code`)).toBe("none");
    expect(await refusalOf(behind)).toContain("a page of HTML");
  },
  LIMIT_MS,
);

/** The first that any may be. */
async function usableOf(backend: ReturnType<typeof serversBackend>): Promise<string[]> {
  const found = Promise.withResolvers<string[]>();
  const look = () => {
    const usable = backend.usable(look);
    if (usable.length > 0) found.resolve(usable);
  };
  look();
  return await found.promise;
}

test(
  "whoever may run on any server runs on one that can be used, and waits for no bad one",
  async () => {
    const good = serving(answer);
    const servers = [
      optionsOf("hangs", await listening(() => undefined)),
      optionsOf("page", serving(html)),
      optionsOf("closed", "http://127.0.0.1:1"),
      optionsOf("good", good),
    ];
    const backend = serversBackend({ servers, ...partsOf(systemClock) } as never);
    onTestFinished(() => backend.close());
    expect(await usableOf(backend)).toEqual(["good"]);
    const bad = serversBackend({ servers: servers.slice(1, 3), ...partsOf(systemClock) } as never);
    onTestFinished(() => bad.close());
    // One of them says what is wrong.
    expect(await usableOf(bad)).toEqual(["page", "closed"]);
  },
  LIMIT_MS,
);
