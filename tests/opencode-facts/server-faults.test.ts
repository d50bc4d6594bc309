import { afterEach, expect, test } from "bun:test";
import { createServer, type AddressInfo } from "node:net";
import { ownMetadata } from "../../src/opencode/own-metadata.ts";
import { ServerClient } from "../../src/opencode/server-client.ts";

const PASSWORD = "open sesame";

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A client of a real server that answers as the test says. */
function clientOf(answer: (request: Request) => Response | Promise<Response>, password = PASSWORD): ServerClient {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 0, fetch: answer });
  ends.push(async () => await server.stop(true));
  return clientAt(server.port ?? 0, password);
}

function clientAt(port: number, password = PASSWORD): ServerClient {
  return new ServerClient({ url: `http://127.0.0.1:${port}`, password }, async (request) => await fetch(request));
}

/** A client of a server that writes these bytes to every connection, and then hangs up or not. */
async function clientOfBytes(bytes: string, hangsUp: boolean): Promise<ServerClient> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(bytes);
      if (hangsUp) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => server.close());
  return clientAt((server.address() as AddressInfo).port);
}

/** What a promise is rejected with, in words. */
async function problemOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "",
    (error: unknown) => String(error),
  );
}

const PROMPT = {
  ...{ sessionId: "ses_a", directory: "/x", agent: "thor", text: "the task", messageId: "msg_1" },
  metadata: ownMetadata({ kind: "initial", lent: undefined }),
  model: { providerId: "scripted", modelId: "model-a" },
};

/** As opencode does it with a password. */
function refusing(request: Request): Response {
  return request.headers.get("authorization") === `Basic ${btoa(`opencode:${PASSWORD}`)}`
    ? Response.json({ healthy: true, version: "1.18.33" })
    : new Response("Unauthorized", { status: 401 });
}

test("a wrong password is an error that says what was asked and that it was refused", async () => {
  await clientOf(refusing).health();
  const problem = await problemOf(clientOf(refusing, "something else").health());
  expect(problem).toBe("ApiError: The warm opencode server did not give its health (HTTP 401): Unauthorized");
});

test("a server that answers 500 is told of with its own words, cut where they are long", async () => {
  const client = clientOf(() => Response.json({ name: "UnknownError", data: "x".repeat(10_000_000) }, { status: 500 }));
  const problem = await problemOf(client.prompt(PROMPT));
  expect(problem).toStartWith("ApiError: The warm opencode server did not give an answer to a prompt (HTTP 500): ");
  expect(problem).toContain("UnknownError");
  expect(problem.length).toBeLessThan(500);
});

for (const [what, answer] of [
  ["no JSON", () => new Response("<html>", { headers: { "content-type": "application/json" } })],
  ["HTML", () => new Response("<html>proxy</html>", { headers: { "content-type": "text/html" } })],
  ["JSON of another shape", () => Response.json({ sessions: {} })],
  ["nothing", () => new Response(null, { status: 204 })],
] as const) {
  test(`an answer that is ${what} is an error, and not taken for what it is not`, async () => {
    const client = clientOf(answer);
    for (const asked of [client.messages("ses_a", true), client.children("ses_a"), client.health()]) {
      expect(await problemOf(asked)).toStartWith("ApiError: The warm opencode server did not give ");
    }
  });
}

test("a server that is not there is an error at once", async () => {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port = 0 } = server;
  await server.stop(true);
  expect(await problemOf(clientAt(port).health())).toStartWith(
    "ApiError: The warm opencode server did not give its health: ",
  );
});

test("a server that hangs up in the middle of its answer is an error at once", async () => {
  const half =
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n[{"info":{"id":"msg_a"';
  const client = await clientOfBytes(half, true);
  expect(await problemOf(client.messages("ses_a", false))).toStartWith(
    "ApiError: The warm opencode server did not give the messages of a session",
  );
});

for (const [what, bytes] of [
  ["never answers", ""],
  ["answers half and then nothing", "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\ntr"],
] as const) {
  test(`a server that ${what} is given up after the limit of the request`, async () => {
    const client = await clientOfBytes(bytes, false);
    const startedAt = performance.now();
    expect(await problemOf(client.abort("ses_a"))).toMatch(/did not give an answer to an abort within 3 s\.$/);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
}

test("messages of 10 MB are read whole", async () => {
  const text = "ü".repeat(5_000_000);
  const client = clientOf(() =>
    Response.json([{ info: { id: "msg_a", role: "assistant" }, parts: [{ type: "text", text }] }]),
  );
  const [message] = await client.messages("ses_a", true);
  expect(message?.parts[0]?.["text"] === text).toBe(true);
});

test("a request never goes out on a connection of an earlier one, which may have died unheard", async () => {
  const ports = new Set<number | undefined>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      ports.add(server.requestIP(request)?.port);
      return Response.json({ healthy: true, version: "1.18.33" });
    },
  });
  ends.push(async () => await server.stop(true));
  const client = clientAt(server.port ?? 0);
  for (let asked = 0; asked < 3; asked++) await client.health();
  await (await client.events(AbortSignal.timeout(5000))).text();
  expect(ports.size).toBe(4);
});

test("the time of a server is its own, as its newest session tells it", async () => {
  const created = Date.now() - 3_600_000;
  const client = clientOf(() => Response.json({ id: "ses_a", time: { created } }));
  await client.createSession({ directory: "/x", instanceId: "bgr_1", title: "files", parentId: undefined });
  const now = client.now();
  expect(now).toBeGreaterThanOrEqual(created);
  expect(now).toBeLessThan(created + 60_000);
});
