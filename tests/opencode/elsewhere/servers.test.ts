import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runGit } from "../../workspace/git-rig.ts";
import { BreakableLine } from "../breakable-line.ts";
import { bash, collectSpawned, spawn, type Answer } from "../rig.ts";
import { startPool, type PoolRig } from "./pool-rig.ts";

const LIMIT_MS = 180_000;

const [line, shortLine] = [new BreakableLine(), new BreakableLine()];
const older = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => Response.json({ healthy: true, version: "1.0.7" }),
});

let rig: PoolRig;
beforeAll(async () => {
  rig = await startPool(async (east, west) => {
    const known = { passwordEnv: "POOL_PASSWORD", directory: east.clone, url: east.url };
    const through = async (proxy: BreakableLine) => `http://127.0.0.1:${await proxy.open(east.port)}`;
    return {
      servers: [
        { ...known, name: "east", slots: 4 },
        { ...known, name: "west", slots: 4, url: west.url, directory: west.clone },
        { ...known, name: "wrong", passwordEnv: "OTHER_PASSWORD" },
        { ...known, name: "unset", passwordEnv: "NO_SUCH_PASSWORD" },
        { ...known, name: "older", url: `http://127.0.0.1:${older.port}` },
        { ...known, name: "closed", url: "http://127.0.0.1:1" },
        { ...known, name: "nowhere", directory: "/nowhere/at/all" },
        { ...known, name: "stale", directory: east.stale },
        { ...known, name: "fetching", directory: west.stale, url: west.url, fetch: true },
        { ...known, name: "line", url: await through(line) },
        { ...known, name: "short", url: await through(shortLine), reconnectMs: 1500 },
      ],
    };
  });
}, LIMIT_MS);
afterAll(async () => {
  await rig.dispose();
  for (const proxy of [line, shortLine]) proxy.close();
  await older.stop(true);
});

let asked = 0;
async function delegate(...agents: Record<string, unknown>[]): Promise<{ spawned: Answer[]; collected: Answer[] }> {
  const prompt = `Question ${++asked}.`;
  rig.plan(prompt, spawn(...agents.map((agent) => ({ agent: "worker", ...agent }))), collectSpawned());
  const answer = await rig.ask(prompt);
  return { spawned: answer.answers("bizar_spawn_background"), collected: answer.answers("bizar_collect").flat() };
}

async function call(tool: string, args: Record<string, unknown>): Promise<Answer> {
  const prompt = `Question ${++asked}.`;
  rig.plan(prompt, { calls: [{ tool, args }] });
  return (await rig.ask(prompt)).answers(tool)[0];
}

test(
  "what is wrong with a server is told before anything starts there",
  async () => {
    rig.plan("never asked", { text: "I was asked." });
    const places = ["wrong", "unset", "older", "closed", "nowhere", "stale"];
    const { collected } = await delegate(...places.map((on) => ({ on, prompt: "never asked" })), {
      on: "east",
      agent: "thor",
      prompt: "never asked",
    });
    const errors = Object.fromEntries(collected.map(({ error }, index) => [places[index] ?? "agent", error]));
    expect(errors).toEqual({
      wrong: expect.stringContaining("wrong does not take the password (from OTHER_PASSWORD)"),
      unset: expect.stringContaining("set NO_SUCH_PASSWORD in the environment of opencode"),
      older: expect.stringContaining("opencode on older is version 1.0.7, and here it is 1.18.33."),
      closed: expect.stringContaining("closed cannot be reached at http://127.0.0.1:1"),
      nowhere: expect.stringContaining("There is no folder /nowhere/at/all on nowhere"),
      stale: expect.stringContaining('push it and fetch it there, or set "fetch": true'),
      agent: expect.stringContaining('There is no agent "thor" on east'),
    });
    expect(collected.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => "failed"));
    expect(rig.requestsFor("never asked")).toEqual([]);
    expect([...rig.east.worktrees(), ...rig.west.worktrees()]).toEqual([]);
  },
  LIMIT_MS,
);

test(
  "a commit that is not known there is fetched where that is allowed, and all kinds of changes come back",
  async () => {
    const lines = [
      "cat later.txt untracked.txt && echo after > changed.txt && rm kept.txt && mkdir -p sub && printf 'a\\000b\\377' > sub/new.bin",
      "git add -A && git -c user.name=A -c user.email=a@b commit -qm mine && echo more > uncommitted.txt",
    ];
    rig.plan("change all", { calls: [bash(lines.join(" && "))] }, (request) => ({ text: request.toolResults.join() }));
    const { collected } = await delegate({ on: "fetching", prompt: "change all" });
    expect(collected).toMatchObject([{ status: "done", changes: { files: 4, applies: "clean" } }]);
    expect(collected[0].result).toContain("of the second commit\nnot committed");
    const { instanceId } = collected[0];
    expect((await call("bizar_changes", { instanceId, action: "apply" })).message).toStartWith("Applied");
    const { project } = rig.sandbox;
    expect(await readFile(join(project, "changed.txt"), "utf8")).toBe("after\n");
    expect([...(await readFile(join(project, "sub/new.bin")))]).toEqual([97, 0, 98, 255]);
    expect(await readFile(join(project, "uncommitted.txt"), "utf8")).toBe("more\n");
    expect(existsSync(join(project, "kept.txt"))).toBe(false);
    expect(runGit(["worktree", "list"], rig.west.stale).split("\n")).toHaveLength(1);
  },
  LIMIT_MS,
);
