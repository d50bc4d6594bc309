import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { startCanvasServer, type CanvasServer } from "../../../src/canvas/server/canvas-server.ts";
import { until } from "../../until.ts";
import { followLink, type Visitor } from "../follow-link.ts";
import { MemoryPlans } from "../memory-plans.ts";

const FIXTURES = join(import.meta.dir, "../../fixtures");
const MEGABYTE = 1_000_000;

let folder: string;
let plans: MemoryPlans;
let server: CanvasServer;
const reports: string[] = [];
const children: Bun.Subprocess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bizar-canvas-"));
  await mkdir(join(folder, "assets"));
  await writeFile(
    join(folder, "index.html"),
    '<!doctype html><title>the page</title><meta name="bizar-token" content="">',
  );
  await writeFile(join(folder, "assets/main-abc.js"), "run()");
});
afterAll(async () => await rm(folder, { recursive: true }));

beforeEach(async () => {
  reports.length = 0;
  plans = new MemoryPlans("one", "two");
  server = await startCanvasServer({ plans, assetsFolder: folder, report: (message) => void reports.push(message) });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  server.close();
  expect(reports).toEqual([]);
});

/** Opens a link as a browser does. */
async function visit(slug = "one"): Promise<Visitor> {
  return await followLink(server.link(slug));
}

/** A program of the fixtures, with its output so far. */
function run(program: string, ...words: string[]) {
  const child = Bun.spawn([process.execPath, join(FIXTURES, program), ...words], { stdout: "pipe", stderr: "ignore" });
  children.push(child);
  const told: string[] = [];
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) told.push(...decoder.decode(chunk).trim().split("\n"));
  })();
  return { child, told, ended: async () => await Promise.all([child.exited, reading]) };
}

test("the page, its files and its plan come over a link, and nothing else does", async () => {
  const { origin, root, cookie } = await visit();
  const get = async (path: string, from = root) => await fetch(`${from}${path}`, { headers: { cookie } });
  expect(await (await get("/plan/one")).text()).toContain("the page");
  const script = await get("/assets/main-abc.js", origin);
  expect([await script.text(), script.headers.get("content-type")]).toEqual([
    "run()",
    "text/javascript; charset=utf-8",
  ]);
  expect(await (await get("/api/plans/one")).json()).toMatchObject({ slug: "one", plan: { revision: 1 } });
  for (const path of ["/", "/index.html", "/assets/", "/assets/%2e%2e%2findex.html", "/plan/two", "/api/plans/two"]) {
    expect([403, 404]).toContain((await get(path)).status);
    expect([403, 404]).toContain((await get(path, origin)).status);
  }
});

test.each([
  "//evil.example/plan/one",
  "http://evil.example/plan/one",
  "*",
  "/../../etc/passwd",
  "/assets/../../../etc/passwd",
])("the request line %p, which no browser sends, gets nothing", async (target) => {
  const { port, cookie } = await visit();
  const answer = await sendRaw(Number(port), `GET ${target} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1.1 (400|403|404|421) /);
});

test("a page's edit over the wire reaches the store, and the next one goes over the same connection", async () => {
  const { root, headers } = await visit();
  for (const title of ["first", "second"]) {
    const answer = await fetch(`${root}/api/plans/one/edits`, {
      method: "POST",
      headers,
      body: JSON.stringify({ operations: [{ op: "set_title", title }] }),
    });
    expect(await answer.json()).toMatchObject({ ok: true, stored: { plan: { title } } });
    expect(answer.headers.get("connection")).not.toBe("close");
  }
});

test.each(["length", "chunked"])("a body of 100 MB (%s) is refused at once, and costs no memory", async (how) => {
  const { port, root, cookie, token } = await visit();
  const path = new URL(`${root}/api/plans/one/edits`).pathname;
  const startedAt = performance.now();
  const before = process.memoryUsage.rss();
  const { told, ended } = run("posts-a-body.ts", port, path, cookie, token, String(100 * MEGABYTE), how);
  await ended();
  expect(told).toEqual(["HTTP/1.1 413 Payload Too Large"]);
  expect(process.memoryUsage.rss() - before).toBeLessThan(50 * MEGABYTE);
  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect(plans.edits).toEqual([]);
});

test("a refused body is not read on: whoever sends without an end is cut off", async () => {
  const { port, cookie } = await visit();
  const { told, ended } = run("posts-on-and-on.ts", port, "/api/plans/one/edits", cookie);
  await ended();
  expect(Number(told[0])).toBeLessThan(500 * MEGABYTE);
});

test("a page that stands still costs no memory, and is told the latest state when it goes on", async () => {
  const { root, cookie } = await visit();
  const { child, told } = run("follows-a-plan.ts", `${root}/api/plans/one/events`, cookie);
  await until("the page has the plan", () => told.includes("1"));
  child.kill("SIGSTOP");
  const before = process.memoryUsage.rss();
  const title = "x".repeat(MEGABYTE);
  for (let count = 0; count < 300; count += 1) {
    plans.retitle("one", title);
    await new Promise((resolve) => setImmediate(resolve));
  }
  Bun.gc(true);
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * MEGABYTE);
  child.kill("SIGCONT");
  await until("the page has the latest state", () => told.includes("301"));
  expect(told.length).toBeLessThan(100);
});

test("a page that goes away is noticed: nobody watches the plan for it any more", async () => {
  const { root, cookie } = await visit();
  const { child, told } = run("follows-a-plan.ts", `${root}/api/plans/one/events`, cookie);
  await until("the page has the plan", () => told.length > 0);
  expect([server.viewers("one"), plans.watchers("one")]).toEqual([1, 1]);
  child.kill("SIGKILL");
  await until("the server knows", () => server.viewers("one") === 0);
  expect(plans.watchers("one")).toBe(0);
});

test("closing cuts every stream at once, and the port is free", async () => {
  const { root, port, cookie } = await visit();
  const { told, ended } = run("follows-a-plan.ts", `${root}/api/plans/one/events`, cookie);
  await until("the page has the plan", () => told.length > 0);
  server.close();
  const next = Bun.serve({ hostname: "127.0.0.1", port: Number(port), fetch: () => new Response("another") });
  await next.stop(true);
  await ended();
  expect(told.at(-1)).toBe("ended");
  expect(plans.watchers("one")).toBe(0);
});

test("closing cuts connections that wait for the next request, and those in the middle of one", async () => {
  const { port } = await visit();
  const [idle, halfway] = [connect(Number(port), "127.0.0.1"), connect(Number(port), "127.0.0.1")];
  const ended = [idle, halfway].map(async (socket) => await new Promise((resolve) => socket.once("close", resolve)));
  const answered = new Promise((resolve) => idle.once("data", resolve));
  idle.write("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
  halfway.write("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Le");
  await answered;
  server.close();
  await Promise.all(ended);
});

test("it listens on 127.0.0.1, and on no other address of the machine", async () => {
  const { port } = await visit();
  const external = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ internal, family }) => !internal && family === "IPv4").map(({ address }) => address),
  );
  // All of 127.0.0.0/8 is the machine's own on Linux: who listens on every address listens there.
  const others = [...external, "::1", ...(process.platform === "linux" ? ["127.0.0.2"] : [])];
  const reached = await Promise.all(
    others.map(async (address) => ((await accepts(address, Number(port))) ? address : "")),
  );
  expect(reached.filter((address) => address !== "")).toEqual([]);
  expect(await accepts("127.0.0.1", Number(port))).toBe(true);
});

async function accepts(address: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, address);
  socket.on("connect", () => resolve(true));
  socket.on("error", () => resolve(false));
  const accepted = await promise;
  socket.destroy();
  return accepted;
}

async function sendRaw(port: number, text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1");
  socket.on("data", (data) => resolve(data.toString("latin1")));
  socket.on("close", () => resolve(""));
  socket.write(text);
  const answer = await promise;
  socket.destroy();
  return answer;
}
