import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { defaultGuard } from "../../../scripts/scripted-host/guard-settings.ts";
import { WarmServer } from "../../../src/backends/warm/warm-server.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { treeMembers } from "../../../src/processes/end-tree.ts";
import { createIdentity } from "../../../src/processes/supervisor-identity.ts";
import { scaledClock } from "../../scaled-clock.ts";

const FIXTURES = join(import.meta.dir, "../../fixtures");
const BINARY = join(FIXTURES, "says-it-listens.ts");
const MARKER = `wrm_faults_${process.pid}`;

let stop: () => Promise<void> = async () => undefined;
/** Lets those go that are never answered: each of them would hold up the server's stop (Bun 1.3.14). */
let letGo = Promise.withResolvers<void>();
afterEach(async () => await stop());

/** A clock on which a minute takes 3 s. */
const fast = scaledClock(20);

/** Starts a program that says it listens at a server that answers as the test says; what that comes to, in words. */
async function startAt(
  answer: (request: Request) => Response | Promise<Response>,
  clock = systemClock,
  binary = BINARY,
) {
  letGo = Promise.withResolvers();
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 0, fetch: answer });
  stop = async () => {
    letGo.resolve();
    await server.stop(true);
  };
  const log: string[] = [];
  const starting = WarmServer.start(
    {
      ...{
        binary,
        directory: tmpdir(),
        identity: createIdentity(),
        onExit: "kill",
        skipPermissions: false,
        marker: MARKER,
        clock,
      },
      ...{ guard: defaultGuard(tmpdir()), environment: { ...process.env, LISTENS_AT: server.url.origin } },
      log: { write: (source, line) => void log.push(`[${source}] ${line}`), close() {} },
      fetch: async (request) => await fetch(request),
    },
    () => undefined,
  );
  const problem = await starting.then(
    () => "",
    (error: unknown) => String(error),
  );
  expect(treeMembers({ marker: MARKER })).toEqual([]);
  return problem;
}

const path = ({ url }: Request) => new URL(url).pathname;
async function never(): Promise<Response> {
  await letGo.promise;
  return new Response();
}

const healthy = () => Response.json({ healthy: true, version: "1.18.33" });

for (const status of [401, 500]) {
  test(`a server that answers ${status} to everything is no server, and nothing of it is left`, async () => {
    const problem = await startAt(() => new Response("no", { status }));
    expect(problem).toContain(`The opencode server of the warm agents could not be started as ${BINARY}`);
    expect(problem).toContain(`(HTTP ${status})`);
  });
}

test("a server that is healthy and refuses its events is no server", async () => {
  const problem = await startAt((request) =>
    path(request) === "/global/health" ? healthy() : new Response("no", { status: 401 }),
  );
  expect(problem).toContain("the server refused it with HTTP 401");
});

test("a server that never answers is given up, and so is one whose events never begin", async () => {
  expect(await startAt(never, fast)).toContain("did not give its health within 3 s");
  await stop();
  expect(await startAt((request) => (path(request) === "/global/health" ? healthy() : never()), fast)).toContain(
    "not ready within 60 s",
  );
}, 20_000);

for (const [what, times, problem] of [
  ["is taken by somebody else before it listens gets another one", 1, "(HTTP 401)"],
  ["is taken each time is given up", 9, "exited with code 1 before it listened. Its last words: ServeError"],
] as const) {
  test(`a server whose port ${what}`, async () => {
    const taken: Bun.Server<undefined>[] = [];
    const asked: number[] = [];
    const answer = (request: Request): Response => {
      const [, port] = /^\/port\/(\d+)$/.exec(path(request)) ?? [];
      if (port === undefined) return new Response("no", { status: 401 });
      asked.push(Number(port));
      if (asked.length > times) return new Response("yours");
      taken.push(Bun.serve({ hostname: "127.0.0.1", port: Number(port), fetch: () => new Response() }));
      return new Response("taken");
    };
    expect(await startAt(answer, systemClock, join(FIXTURES, "asks-for-its-port.ts"))).toContain(problem);
    await Promise.all(taken.map(async (server) => await server.stop(true)));
    expect(asked).toHaveLength(Math.min(times + 1, 3));
    expect(new Set(asked).size).toBe(asked.length);
  });
}
