import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "bun:test";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCanvasServer, type CanvasServer } from "../../../src/canvas/server/canvas-server.ts";
import { clientUser } from "../../../src/canvas/server/own-user.ts";
import { MemoryPlans } from "../memory-plans.ts";

const FIXTURES = join(import.meta.dir, "../../fixtures");
const [ROOT, NOBODY] = [0, 65_534];
const CONNECTION = { clientAddress: "127.0.0.1", clientPort: 42_336, serverPort: 41_651 };
/** The server's end is root's, the client's end is another user's. */
const SERVER_END = row("0100007F:A2B3", "0100007F:A560", "01", 0);
const CLIENT_END = row("0100007F:A560", "0100007F:A2B3", "01", 65_534);

/** A line as Linux 6 writes it. */
function row(local: string, remote: string, state: string, user: number): string {
  return `  37: ${local} ${remote} ${state} 00000000:00000000 02:0000176F 00000000 ${user}        0 598425 3 00000000f741bb50 20 0 0 11 -1`;
}
const wide = (end: string) => `0000000000000000FFFF0000${end}`;

const tables: [string, string[], number | undefined][] = [
  ["the client's end tells", [SERVER_END, CLIENT_END], 65_534],
  ["the server's end does not", [SERVER_END], undefined],
  ["over a socket of IPv6", [row(wide("0100007F:A560"), wide("0100007F:A2B3"), "01", 7)], 7],
  ["closed by the client: Linux names root", [row("0100007F:A560", "0100007F:A2B3", "04", 0)], undefined],
  ["the same port of another address", [row("0200007F:A560", "0100007F:A2B3", "01", 7)], undefined],
  ["the same port, to another server", [row("0100007F:A560", "0100007F:A2B4", "01", 7)], undefined],
  ["another port", [row("0100007F:A561", "0100007F:A2B3", "01", 7)], undefined],
  ["cut off", ["  37: 0100007F:A560 0100007F:A2B3 01 00000000:0000"], undefined],
  ["no table", [], undefined],
];
test.each(tables)("whose the client is: %s", (_what, lines, user) => {
  expect(clientUser(["  sl  local_address rem_address", ...lines, ""].join("\n"), CONNECTION)).toBe(user);
});

test("a port below 4096 has four digits too, and a client of another address is nobody", () => {
  const table = row("0100007F:0050", "0100007F:A2B3", "01", 7);
  expect(clientUser(table, { ...CONNECTION, clientPort: 80 })).toBe(7);
  expect(clientUser(table, { ...CONNECTION, clientPort: 80, clientAddress: "::ffff:127.0.0.1" })).toBe(7);
  expect(clientUser(table, { ...CONNECTION, clientPort: 80, clientAddress: "127.0.0.2" })).toBeUndefined();
});

describe.if(process.platform === "linux")("on Linux", () => {
  let folder: string;
  let server: CanvasServer;
  const reports: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bizar-canvas-"));
    await chmod(folder, 0o755);
    await mkdir(join(folder, "assets"));
    await writeFile(join(folder, "index.html"), "<!doctype html><title>the page</title>");
    server = await startCanvasServer({
      plans: new MemoryPlans("one"),
      assetsFolder: folder,
      report: (message) => void reports.push(message),
    });
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true });
    expect(reports).toEqual([]);
  });

  test("the user's own programs get in with a key", async () => {
    const answer = await fetch(await server.openerAddress("one", "key"));
    expect([answer.status, answer.headers.has("set-cookie")]).toEqual([200, true]);
  });

  test("a program with a socket of IPv6 gets in as well", async () => {
    const { port, pathname, search, host } = new URL(await server.openerAddress("one", "key"));
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = connect(Number(port), "::ffff:127.0.0.1");
    socket.on("data", (data) => resolve(data.toString("latin1")));
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(await promise).toStartWith("HTTP/1.1 200 ");
    socket.destroy();
  });

  // To be another user takes root.
  describe.if(process.getuid?.() === ROOT)("with a second user", () => {
    test("another user who reads the address in the list of processes does not get in, and the user still does", async () => {
      const address = await server.openerAddress("one", "key");
      expect(await statusFor(NOBODY, address)).toBe(403);
      expect(await statusFor(ROOT, address)).toBe(200);
    });

    test("a link that was handed to another user lets that one in: it is no one's own", async () => {
      // Its page asks for a click, whoever it is.
      expect(await statusFor(NOBODY, server.link("one"))).toBe(200);
    });

    test("root gets in at root's own server only", async () => {
      const command = [process.execPath, join(FIXTURES, "serves-a-plan.ts"), String(NOBODY), folder];
      const child = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
      onTestFinished(() => child.kill("SIGKILL"));
      const { value } = await child.stdout.getReader().read();
      const address = new TextDecoder().decode(value).trim();
      expect(await statusFor(ROOT, address)).toBe(403);
      expect(await statusFor(NOBODY, address)).toBe(200);
      await child.stdin.end();
      expect(await child.exited).toBe(0);
    });
  });
});

/** What a program of the user gets. */
async function statusFor(user: number, url: string): Promise<number> {
  const command = [process.execPath, join(FIXTURES, "asks-for-a-page.ts"), String(user), url];
  return Number(await Bun.spawn(command, { stderr: "inherit" }).stdout.text());
}
