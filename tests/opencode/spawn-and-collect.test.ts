import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { barrier, collectSpawned, serveRig, spawn, type ServedRig } from "./rig.ts";

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig();
}, 60_000);
afterAll(async () => await rig.dispose());

for (const count of [2, 5]) {
  test(`${count} agents spawned in one message run at the same time and all results come back`, async () => {
    const everybody = barrier(count);
    const names = Array.from({ length: count }, (_, index) => `part ${index + 1} of ${count}`);
    for (const name of names) {
      // An answer only comes once all of them have asked: agents that run one after the other would wait for ever.
      rig.plan(name, async () => {
        await everybody();
        return { text: `result of ${name}` };
      });
    }
    rig.plan(`spawn ${count}`, spawn(...names.map((prompt) => ({ agent: "thor", prompt }))), collectSpawned());
    const asked = await rig.ask(`spawn ${count}`);
    const spawned = asked.answers("bizar_spawn_background");
    expect(spawned.map(({ status }) => status)).toEqual(names.map(() => "running"));
    expect(new Set(spawned.map(({ sessionId }) => sessionId)).size).toBe(count);
    const [collected] = asked.answers("bizar_collect");
    expect(collected).toHaveLength(count);
    for (const name of names) {
      expect(collected).toContainEqual(expect.objectContaining({ status: "done", result: `result of ${name}` }));
    }
  }, 60_000);
}

test("record, result and log of an agent are on disk, for their owner only, and say what happened", async () => {
  const usage = { input: 1000, output: 200 };
  rig.plan(
    "write a file",
    { calls: [{ tool: "write", args: { filePath: join(rig.sandbox.project, "note.txt"), content: "made" } }], usage },
    { calls: [{ tool: "bash", args: { command: "cat note.txt", description: "Reads it back" } }], usage },
    { text: "The file is there.\nIt holds: made", usage },
  );
  rig.plan("have it written", spawn({ agent: "thor", prompt: "write a file", title: "a note" }), collectSpawned());
  const asked = await rig.ask("have it written");
  const [{ instanceId, logPath, sessionId }] = asked.answers("bizar_spawn_background");
  const [[collected]] = asked.answers("bizar_collect");
  expect(collected).toMatchObject({
    status: "done",
    result: "The file is there.\nIt holds: made",
    toolCallCount: 2,
    tokens: { input: 3000, output: 600 },
  });
  expect(await readFile(collected.resultPath, "utf8")).toBe("The file is there.\nIt holds: made");
  expect(readFileSync(join(rig.sandbox.project, "note.txt"), "utf8")).toBe("made");
  const recordFile = join(rig.sandbox.stateDir, "bg", `${instanceId}.json`);
  expect(JSON.parse(await readFile(recordFile, "utf8"))).toMatchObject({
    schemaVersion: 1,
    instanceId,
    sessionId,
    agent: "thor",
    model: "scripted/model-a",
    title: "a note",
    prompt: "write a file",
    directory: rig.sandbox.project,
    parent: { sessionId: asked.sessionId, agent: "odin" },
    status: "done",
    voice: true,
    turns: [{ kind: "initial", exitCode: 0 }],
  });
  const log = await readFile(logPath, "utf8");
  expect(log).toMatch(/^\[stdout\] \d\d:\d\d:\d\d tool {2}write {2}\S+note\.txt {2}ok {2}\d+\.\d s$/m);
  expect(log).toMatch(/^\[stdout\] \d\d:\d\d:\d\d tool {2}bash {2}cat note\.txt {2}ok {2}\d+\.\d s$/m);
  expect(log).toContain("The file is there.");
  expect(log).toMatch(/^\[stderr\] timestamp=\S+ level=INFO .*message=created id=ses_/m);
  for (const line of log.trimEnd().split("\n")) expect(line).toMatch(/^\[(stdout|stderr)\] /);
  expect(log).not.toContain('"bizar"');
  for (const file of [recordFile, collected.resultPath, logPath]) expect((await stat(file)).mode & 0o777).toBe(0o600);
  for (const folder of [rig.sandbox.stateDir, join(rig.sandbox.stateDir, "bg"), join(rig.sandbox.stateDir, "logs")]) {
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  }
}, 60_000);

test("wait any returns with the first result, and the other agent can be collected later", async () => {
  const slow = Promise.withResolvers<void>();
  rig.plan("slow", { after: slow.promise, text: "slow result" });
  rig.plan("fast", { text: "fast result" });
  rig.plan(
    "race",
    spawn({ agent: "thor", prompt: "slow" }, { agent: "thor", prompt: "fast" }),
    collectSpawned({ wait: "any" }),
    (request) => {
      slow.resolve();
      const [first] = request.toolResults;
      const { instanceId } = JSON.parse(first ?? "") as { instanceId: string };
      return { calls: [{ tool: "bizar_collect", args: { instanceId } }] };
    },
  );
  const asked = await rig.ask("race");
  const [any, later] = asked.answers("bizar_collect");
  expect(any).toEqual([
    expect.objectContaining({ status: "running", result: "" }),
    expect.objectContaining({ status: "done", result: "fast result" }),
  ]);
  expect(later).toMatchObject({ status: "done", result: "slow result" });
}, 60_000);

test("nothing is written into the project but what the agents write", () => {
  expect(existsSync(join(rig.sandbox.project, ".opencode"))).toBe(false);
});
