import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { OPENCODE } from "../../../scripts/scripted-host/sandbox.ts";
import { GO_ON } from "../../../src/supervisor/fallbacks.ts";
import type { InstanceRecord } from "../../../src/store/record.ts";
import { runGit } from "../../workspace/git-rig.ts";
import { BreakableLine } from "../breakable-line.ts";
import { bash, collectSpawned, OPERATOR, recordOf, spawn, until, type Answer } from "../rig.ts";
import { startPool, type PoolRig } from "./pool-rig.ts";

/** Twenty agents take two minutes on a quiet machine: no limit is the subject here. */
const LIMIT_MS = 420_000;
const AGENTS = 20;

/** Says where it has run, and changes nothing there. */
const SET_UP = 'pwd >> "$HOME/set-up.txt"; echo "made ready"';

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
      worktreeSetup: SET_UP,
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

async function start(agent: Record<string, unknown>): Promise<Answer> {
  const prompt = `Question ${++asked}.`;
  rig.plan(prompt, spawn({ agent: "worker", ...agent }));
  return (await rig.ask(prompt)).answers("bizar_spawn_background")[0];
}

async function call(tool: string, args: Record<string, unknown>): Promise<Answer> {
  const prompt = `Question ${++asked}.`;
  rig.plan(prompt, { calls: [{ tool, args }] });
  return (await rig.ask(prompt)).answers(tool)[0];
}

const activityOf = async (agent: Answer) => (await recordOf(rig, agent)).activity;

test(
  "the doctor sends a file to each server and back, and says what is wrong with one",
  async () => {
    const { project, environment } = rig.sandbox;
    const bin = await mkdtemp(join(rig.sandbox.root, "bin-"));
    await symlink(OPENCODE, join(bin, "opencode"));
    const child = Bun.spawn([process.execPath, OPERATOR, "doctor"], {
      cwd: project,
      env: { ...environment, PATH: `${bin}:${environment["PATH"]}` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [table, exitCode] = await Promise.all([child.stdout.text(), child.exited]);
    const lines = table.split("\n").map((line) => line.split(/ {2,}/));
    const of = (place: string) => lines.filter(([name]) => name === place).map(([, what, is]) => `${what} ${is}`);
    const good = ["reached ok", "opencode ok", "folder ok", "git ok", "a file there and back ok"];
    expect({ east: of("east"), west: of("west"), stale: of("stale") }).toEqual({ east: good, west: good, stale: good });
    for (const place of ["wrong", "unset", "older", "closed", "nowhere"]) expect(of(place)).toEqual(["reached NO"]);
    expect(exitCode).toBe(1);
    // Nothing of that is left there.
    expect(runGit(["status", "--porcelain"], rig.east.clone)).toBe("");
  },
  LIMIT_MS,
);

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
    // It was made ready where it was worked in, and nowhere else.
    const name = instanceId.toLowerCase().replaceAll("_", "-");
    expect(await readFile(join(rig.west.home, "set-up.txt"), "utf8")).toEndWith(`/${name}\n`);
    expect(existsSync(join(rig.sandbox.home, "set-up.txt"))).toBe(false);
    expect(await readFile((await recordOf(rig, collected[0])).logPath, "utf8")).toContain("bizar: made ready\n");
  },
  LIMIT_MS,
);

test(
  "twenty agents over two servers of four: one is killed in the middle and comes back, and nothing is lost or done twice",
  async () => {
    const killed = Promise.withResolvers<void>();
    const prompts = Array.from({ length: AGENTS }, (_, index) => `Write file ${index}.`);
    for (const [index, prompt] of prompts.entries()) {
      const write = bash(`echo ${index} >> made-${index}.txt`);
      rig.plan(prompt, { calls: [write] }, { after: killed.promise, text: "It is written." });
    }
    rig.plan(GO_ON, { text: "It is written." });
    const ending = delegate(...prompts.map((prompt, index) => ({ on: index % 2 === 0 ? "east" : "west", prompt })));
    const running = () => prompts.filter((prompt) => rig.requestsFor(prompt).length === 2);
    await until("eight are at work", () => running().length >= 8);
    await rig.west.kill();
    await until("four are waited for", async () => {
      const records = await allRecords();
      return (
        records.filter(({ activity }) => /^reconnecting until \d{4}-\d\d-\d\dT[\d:]+Z$/.test(activity)).length === 4
      );
    });
    expect(
      (await allRecords()).filter(({ activity }) => /^waits for a place on (?:east|west)$/.test(activity)),
    ).toHaveLength(12);
    await rig.west.startAgain();
    killed.resolve();
    const { collected } = await ending;
    expect(collected.map(({ status, result, error }) => [status, result, error ?? null])).toEqual(
      prompts.map(() => ["done", "It is written.", null]),
    );
    const records = await Promise.all(collected.map(async (agent) => await recordOf(rig, agent)));
    expect(new Set(records.map(({ on }) => on))).toEqual(new Set(["east", "west"]));
    expect(records.map(({ changes }) => changes?.files)).toEqual(prompts.map(() => 1));
    // Its turns say what was cut short, and each was asked for once.
    expect(records.filter(({ turns }) => turns.length === 2)).toHaveLength(4);
    for (const prompt of prompts) expect(rig.requestsFor(prompt).filter(({ step }) => step === 0)).toHaveLength(1);
    const some = [collected[0], collected[7], collected[AGENTS - 1]];
    for (const { instanceId } of some) await call("bizar_changes", { instanceId, action: "apply" });
    for (const index of [0, 7, AGENTS - 1]) {
      expect(await readFile(join(rig.sandbox.project, `made-${index}.txt`), "utf8")).toBe(`${index}\n`);
    }
    expect([...rig.east.worktrees(), ...rig.west.worktrees()]).toEqual([]);
  },
  LIMIT_MS,
);

test(
  "a server that is told to end in the middle of a turn is one that is away, and not who has ended the turn",
  async () => {
    const places = ["east", "west"] as const;
    const prompts = places.map((on) => `Work on ${on} until it is told to end.`);
    for (const prompt of prompts) rig.plan(prompt, { text: "I begin.", calls: [bash("echo 1 >> term.txt; sleep 47")] });
    rig.plan(GO_ON, { text: "I went on." });
    const agents = await Promise.all(places.map(async (on, index) => await start({ on, prompt: prompts[index] })));
    await until("they are at work", async () =>
      (await Promise.all(agents.map(activityOf))).every((activity) => activity.startsWith("tool bash")),
    );
    await Promise.all(places.map(async (name) => await rig[name].kill("SIGTERM")));
    await until("they are waited for", async () =>
      (await Promise.all(agents.map(activityOf))).every((activity) => activity.startsWith("reconnecting until ")),
    );
    for (const agent of agents) expect(await recordOf(rig, agent)).toMatchObject({ status: "running", endedAt: null });
    await Promise.all(places.map(async (name) => await rig[name].startAgain()));
    const collected = await call("bizar_collect", { instanceIds: agents.map(({ instanceId }) => instanceId) });
    expect(collected).toMatchObject(
      places.map(() => ({ status: "done", result: "I went on.", changes: { files: 1 } })),
    );
    expect([...rig.east.worktrees(), ...rig.west.worktrees()]).toEqual([]);
  },
  LIMIT_MS,
);

async function allRecords(): Promise<InstanceRecord[]> {
  const folder = join(rig.sandbox.stateDir, "bg");
  const names = [...new Bun.Glob("bgr_*.json").scanSync(folder)];
  return await Promise.all(names.map(async (name) => await Bun.file(join(folder, name)).json()));
}

test(
  "a line that is cut for a time loses nothing and tells nothing twice",
  async () => {
    const mended = Promise.withResolvers<void>();
    rig.plan(
      "across the cut",
      { text: "Before.", calls: [bash("echo one >> cut.txt")] },
      { after: mended.promise, text: "After." },
    );
    const agent = await start({ on: "line", prompt: "across the cut" });
    await until("it is at work", () => rig.requestsFor("across the cut").length === 2);
    line.cut();
    await until("it is waited for", async () => (await activityOf(agent)).startsWith("reconnecting until "));
    // It ends unheard.
    mended.resolve();
    line.mend();
    const all = { instanceIds: [agent.instanceId], scope: "turn" };
    const [{ status, result, changes }] = await call("bizar_collect", all);
    expect({ status, result, files: changes.files }).toEqual({
      status: "done",
      result: "Before.\n\nAfter.",
      files: 1,
    });
    expect(rig.requestsFor("across the cut")).toHaveLength(2);
  },
  LIMIT_MS,
);

test(
  "a line that does not come back is lost, and what was done there meanwhile is taken up by a message",
  async () => {
    const lost = Promise.withResolvers<void>();
    rig.plan("go on alone", { calls: [bash("echo one >> alone.txt")] }, { after: lost.promise, text: "Done alone." });
    rig.plan("and now?", { calls: [bash("echo two >> alone.txt")] }, { text: "Both are there." });
    const agent = await start({ on: "short", prompt: "go on alone" });
    await until("it is at work", () => rig.requestsFor("go on alone").length === 2);
    shortLine.cut();
    const [{ status, reason, error }] = await call("bizar_collect", { instanceIds: [agent.instanceId] });
    const { sessionId } = await recordOf(rig, agent);
    expect([status, reason]).toEqual(["failed", "connection_lost"]);
    expect(error).toContain("has not come back within 1500 ms (reconnectMs)");
    expect(error).toContain(`It may go on there, session ${sessionId}`);
    lost.resolve();
    shortLine.mend();
    await call("bizar_send_message", { instanceId: agent.instanceId, prompt: "and now?" });
    const [after] = await call("bizar_collect", { instanceIds: [agent.instanceId] });
    expect(after).toMatchObject({ status: "done", changes: { files: 1 } });
    expect(after.result).toContain("Done alone.");
    expect(after.result).toEndWith("Both are there.");
    await call("bizar_changes", { instanceId: agent.instanceId, action: "apply" });
    expect(await readFile(join(rig.sandbox.project, "alone.txt"), "utf8")).toBe("one\ntwo\n");
  },
  LIMIT_MS,
);

test(
  "a kill ends all of it there, keeps what it did, and leaves nothing behind",
  async () => {
    const held = `sleep 4${process.pid}`;
    rig.plan("to be killed", {
      calls: [bash(`echo so far > far.txt; (setsid nohup ${held} >/dev/null 2>&1 &); ${held}`)],
    });
    const agent = await start({ on: "west", prompt: "to be killed" });
    const isAtWork = () => Bun.spawnSync(["pgrep", "-fx", held]).exitCode === 0;
    await until("it is at work there", isAtWork);
    expect(await call("bizar_kill", { instanceId: agent.instanceId })).toMatchObject({ status: "killed" });
    expect(isAtWork()).toBe(false);
    expect(rig.west.worktrees()).toEqual([]);
    expect((await recordOf(rig, agent)).changes).toMatchObject({ files: 1 });
  },
  LIMIT_MS,
);
