import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { defaultGuard } from "../../../scripts/scripted-host/guard-settings.ts";
import { SharedServer, sharedServer, type ServerRecipe } from "../../../src/backends/warm/warm-servers.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { treeMembers } from "../../../src/processes/end-tree.ts";
import { createIdentity } from "../../../src/processes/supervisor-identity.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { until } from "../../until.ts";

const FIXTURES = join(import.meta.dir, "../../fixtures");

let shared: SharedServer | undefined;
afterEach(() => shared?.leave("token"));

/** A server of this program, on a clock whose pauses are short. */
function sharing(binary: string, markers: string[] = []): SharedServer {
  const clock: Clock = {
    ...systemClock,
    after: (ms, run) => systemClock.after(ms / 20, run),
    limit: (ms, run) => systemClock.limit(ms / 20, run),
  };
  const log = { write() {}, close() {} };
  const recipe = {
    ...{ key: binary, idleMs: 1000, clock },
    parts(marker: string) {
      markers.push(marker);
      return {
        ...{
          binary: join(FIXTURES, binary),
          directory: tmpdir(),
          identity: createIdentity(),
          onExit: "kill" as const,
          skipPermissions: false,
        },
        ...{ guard: defaultGuard(tmpdir()), environment: process.env, marker, log, clock },
        fetch: async (request: Request) => await fetch(request),
      };
    },
  };
  shared = new SharedServer(recipe);
  shared.join("token");
  return shared;
}

test("a server that ends before it listens says how, and is not started for ever", async () => {
  const server = sharing("exits-7.sh");
  for (let each = 0; each < 4; each++)
    expect(await problemOf(server.lease())).toMatch(/exited with code 7 before it listened/);
  expect(await problemOf(server.lease())).toMatch(/ended 4 times within 5 minutes and is not started again for now/);
});

test("several who need it at once start one", async () => {
  const markers: string[] = [];
  const server = sharing("exits-7.sh", markers);
  const leases = await Promise.allSettled([server.lease(), server.lease(), server.lease()]);
  expect(leases.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(markers).toHaveLength(1);
});

test("one that never listens is given up, and nothing of it is left", async () => {
  const markers: string[] = [];
  const server = sharing("never-listens.sh", markers);
  expect(await problemOf(server.lease())).toMatch(/not ready within 60 s/);
  expect(treeMembers({ marker: markers[0] ?? "" })).toEqual([]);
}, 20_000);

test("who leaves while it starts leaves nothing behind", async () => {
  const markers: string[] = [];
  const server = sharing("never-listens.sh", markers);
  const lease = server.lease();
  lease.catch(() => undefined);
  await until("it runs", () => markers[0] !== undefined && treeMembers({ marker: markers[0] }).length > 0);
  server.leave("token");
  await until("it is gone", () => treeMembers({ marker: markers[0] ?? "" }).length === 0);
  expect(await problemOf(lease)).not.toBe("");
});

function neverUsed(idleMs: number): ServerRecipe {
  return { key: "leavers", idleMs, clock: systemClock, parts: () => expect.unreachable("nobody needs a server") };
}

test("those of the same recipe share; when the last one has left, the next one's own recipe counts", () => {
  const first = sharedServer(neverUsed(1000));
  first.join("a");
  expect(sharedServer(neverUsed(2000))).toBe(first);
  first.join("b");
  first.leave("a");
  expect(sharedServer(neverUsed(2000))).toBe(first);
  first.leave("b");
  const second = sharedServer(neverUsed(2000));
  expect(second).not.toBe(first);
  second.join("c");
  first.leave("b");
  expect(sharedServer(neverUsed(2000))).toBe(second);
  second.leave("c");
});

/** What a promise is rejected with, in words. */
async function problemOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "",
    (error: unknown) => String(error),
  );
}
