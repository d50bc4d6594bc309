import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { defaultGuard } from "../../../scripts/scripted-host/guard-settings.ts";
import { WarmServer } from "../../../src/backends/warm/warm-server.ts";
import { systemClock } from "../../../src/host/system-clock.ts";
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
afterEach(async () => await host.stop(true));

test("the log is closed after the last word of what a server leaves behind", async () => {
  const log: string[] = [];
  const gone = Promise.withResolvers<string>();
  const server = await WarmServer.start(
    {
      binary: join(import.meta.dir, "../../fixtures/leaves-a-late-word.sh"),
      ...{ directory: tmpdir(), identity: createIdentity(), onExit: "kill", marker: `wrm_end_${process.pid}` },
      ...{ guard: defaultGuard(tmpdir()), environment: { ...process.env, LISTENS_AT: host.url.origin } },
      log: { write: (_, line) => void log.push(line), close: () => void log.push("closed") },
      fetch: async (request) => await fetch(request),
      clock: systemClock,
    },
    gone.resolve,
  );
  process.kill(server.process.pid, "SIGKILL");
  expect(await gone.promise).toBe("The opencode server of the warm agents was ended by SIGKILL.");
  await until("the late word is there", () => log.includes("a late word"));
  await until("the log is closed", () => log.at(-1) === "closed");
});
