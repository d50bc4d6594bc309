import { afterAll, afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { defaultGuard } from "../../../scripts/scripted-host/guard-settings.ts";
import type { LogSink } from "../../../src/backends/log-sink.ts";
import { WarmServer, type WarmServerParts } from "../../../src/backends/warm/warm-server.ts";
import { SharedServer } from "../../../src/backends/warm/warm-servers.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { createIdentity } from "../../../src/processes/supervisor-identity.ts";
import { until } from "../../until.ts";

const CONNECTED = `data: ${JSON.stringify({ payload: { type: "server.connected", properties: {} } })}\n\n`;

const host = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  fetch({ url }) {
    if (!url.endsWith("/global/event")) return Response.json({ healthy: true, version: "1.18.33" });
    const body = new ReadableStream({ start: (connection) => connection.enqueue(CONNECTED) });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  },
});
let shared: SharedServer | undefined;
afterEach(() => shared?.leave("token"));
afterAll(async () => await host.stop(true));

function parts(marker: string, log: LogSink): WarmServerParts {
  return {
    binary: join(import.meta.dir, "../../fixtures/leaves-a-late-word.sh"),
    ...{
      directory: tmpdir(),
      identity: createIdentity(),
      onExit: "kill",
      skipPermissions: false,
      marker,
      log,
      clock: systemClock,
    },
    ...{ guard: defaultGuard(tmpdir()), environment: { ...process.env, LISTENS_AT: host.url.origin } },
    fetch: async (request) => await fetch(request),
  };
}

test("the log is closed after the last word of what a server leaves behind", async () => {
  const log: string[] = [];
  const gone = Promise.withResolvers<string>();
  const sink: LogSink = { write: (_, line) => void log.push(line), close: () => void log.push("closed") };
  const server = await WarmServer.start(parts(`wrm_end_${process.pid}`, sink), gone.resolve);
  process.kill(server.process.pid, "SIGKILL");
  expect(await gone.promise).toBe("The opencode server of the warm agents was ended by SIGKILL.");
  await until("the late word is there", () => log.includes("a late word"));
  await until("the log is closed", () => log.at(-1) === "closed");
});

test("who needs a server while what the last one left is being ended gets a new one", async () => {
  const recipe = { key: "end", idleMs: 60_000, clock: systemClock };
  shared = new SharedServer({ ...recipe, parts: (marker) => parts(marker, { write() {}, close() {} }) });
  shared.join("token");
  const first = await shared.lease();
  process.kill(first.server.process.pid, "SIGKILL");
  while (!first.server.isGone) await new Promise<void>((resolve) => void setImmediate(resolve));
  const second = await shared.lease();
  expect(second.server.isGone).toBe(false);
  first.release();
  second.release();
});
