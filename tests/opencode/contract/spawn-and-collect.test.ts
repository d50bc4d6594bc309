import { expect } from "bun:test";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { barrier, bash, collectSpawned, resultOf, spawnedIds, until } from "../rig.ts";
import { onBothBackends } from "./on-both-backends.ts";

const contract = onBothBackends();

contract("several agents spawned in one message run at the same time and all results come back", async (on) => {
  const everybody = barrier(3);
  const names = Array.from({ length: 3 }, (_, index) => `part ${index + 1}`);
  for (const name of names) {
    // An answer only comes once all of them have asked: agents that run one after the other would wait for ever.
    on.plan(name, async () => {
      await everybody();
      return { text: `result of ${name}` };
    });
  }
  const { spawned, collected } = await on.delegate(names.map((prompt) => ({ prompt })));
  // Several starts at once may take longer than an answer waits for.
  for (const { status } of spawned) expect(status).toBeOneOf(["running", "pending"]);
  const records = await Promise.all(spawned.map(async ({ instanceId }) => await on.record(instanceId)));
  expect(new Set(records.map(({ sessionId }) => sessionId)).size).toBe(3);
  expect(collected.map(({ status, result }) => [status, result])).toEqual(
    names.map((name) => ["done", `result of ${name}`]),
  );
});

contract.once(
  "the answer to a spawn names the agent once and says what not to do; that to a collect is the result and little else",
  async (on) => {
    on.plan("a short task", { text: "short" });
    const {
      spawned: [answer],
      collected: [collected],
    } = await on.delegate([{ prompt: "a short task" }]);
    expect(answer).toEqual({
      instanceId: expect.stringMatching(/^bgr_[0-7][0-9A-HJKMNP-TV-Z]{25}$/),
      // A start may take longer than an answer waits for.
      status: expect.stringMatching(/^(?:running|pending)$/),
      message: expect.stringContaining("You are told when it ends: do not poll, or work on the same files."),
    });
    expect(collected).toEqual({
      ...{ instanceId: answer.instanceId, agent: "thor", title: "a short task", status: "done", result: "short" },
      costUsd: expect.closeTo(0.00006, 9),
      elapsed: expect.stringMatching(/^\d+s$/),
    });
  },
);

contract("record, result and log of an agent are on disk, for their owner only, and say what happened", async (on) => {
  const usage = { input: 1000, output: 200 };
  const note = join(on.sandbox.project, `${on.backend}-note.txt`);
  on.plan(
    "write a file",
    { text: "I write it.", calls: [{ tool: "write", args: { filePath: note, content: "made" } }], usage },
    { calls: [bash(`cat ${on.backend}-note.txt`)], usage },
    { text: "The file is there.\nIt holds: made", usage },
  );
  const planSlug = `work-${on.backend}`;
  const elements = [{ name: "note", type: "task", title: "Write the note" }];
  await on.call("bizar_plan_action", { action: "draw", planSlug, elements });
  const planTask = `${planSlug}/Write the note`;
  const { sessionId: parent, ...told } = await on.delegate([{ prompt: "write a file", title: "a note", planTask }]);
  const [{ instanceId, ...collected }] = told.collected;
  const result = "The file is there.\nIt holds: made";
  const turn = `I write it.\n\n${result}`;
  const counts = {
    toolCallCount: 2,
    tokens: { input: 3000, output: 600, reasoning: 0, cacheRead: 0, cacheWrite: 0 },
    costUsd: expect.closeTo(0.009, 9),
  };
  expect(collected).toMatchObject({
    ...{ status: "done", result, costUsd: counts.costUsd },
    changedFiles: [`${on.backend}-note.txt`],
  });
  expect(collected).not.toHaveProperty("lastCalls");
  expect(await resultOf(on, { instanceId })).toBe(turn);
  expect(await readFile(note, "utf8")).toBe("made");
  const model = { model: "scripted/model-a", variant: null };
  const times = { startedAt: expect.any(String), endedAt: expect.any(String) };
  // The collect's answer is on its way to the session a moment before the record says so.
  await until("its end counts as told", async () => (await on.record(instanceId)).announcement?.state !== "pending");
  const { definition: _, ...record } = await on.record(instanceId);
  const { logPath } = record;
  const folder = join(on.sandbox.project, "plans");
  await until("its task is ticked", async () => {
    return (await Bun.file(join(folder, planSlug, "plan.json")).json()).elements[0].done === true;
  });
  expect(record).toEqual({
    ...{ schemaVersion: 2, instanceId, agent: "thor", backend: on.backend, title: "a note", ...model },
    ...(on.place === "launcher" && { on: on.place, place: { host: expect.any(String), job: null } }),
    sessionId: expect.stringMatching(/^ses_/),
    ...{ prompt: "write a file", promptPreview: "write a file" },
    ...{ folder: null, changes: null, planTask: { folder, slug: planSlug, elementId: "el_note" } },
    ...{ directory: on.sandbox.project, parent: { sessionId: parent, messageId: expect.any(String), agent: "odin" } },
    ...{ questions: [], allowed: [], fallback: null, modelsTried: [] },
    ...{ status: "done", reason: null, error: null, timeoutMs: 300_000, deadlineMs: null, onExit: "kill" },
    ...{ createdAt: expect.any(String), ...times, lastActivityAt: expect.any(String) },
    turns: [
      {
        kind: "initial",
        prompt: "write a file",
        messageId: expect.stringMatching(/^msg_/),
        ...times,
        // Only a process of its own exits.
        exitCode: on.backend === "process" ? 0 : null,
        signal: null,
      },
    ],
    supervisor: {
      pid: on.server.pid,
      startTime: expect.any(String),
      bootId: expect.any(String),
      token: expect.any(String),
    },
    process: { pid: expect.any(Number), startTime: expect.any(String) },
    ...{ voice: true, activity: expect.any(String), interventions: 0, refused: [], ...counts },
    ...{ changedFiles: [`${on.backend}-note.txt`], moreChangedFiles: 0 },
    lastCalls: [`write: ${note}`, `bash: cat ${on.backend}-note.txt`],
    ...{
      resultPreview: turn,
      resultParts: { header: 0, last: turn.length - result.length },
      resultPath: `${instanceId}.result.md`,
      logPath: join(on.sandbox.stateDir, "logs", `${instanceId}.log`),
      announce: "wake",
      followUps: [],
    },
    announcement: { turn: 1, mode: "wake", state: "told" },
  });
  const log = await readFile(logPath, "utf8");
  expect(log).toMatch(/^\[stdout\] \d\d:\d\d:\d\d text {2}I write it\.$/m);
  expect(log).toMatch(/^\[stdout\] \d\d:\d\d:\d\d tool {2}write {2}\S+note\.txt {2}ok {2}\d+\.\d s$/m);
  expect(log).toMatch(/^\[stdout\] \d\d:\d\d:\d\d tool {2}bash {2}cat \S+note\.txt {2}ok {2}\d+\.\d s$/m);
  expect(log).toContain("The file is there.");
  for (const line of log.trimEnd().split("\n")) expect(line).toMatch(/^\[(stdout|stderr)\] /);
  expect(log).not.toContain('"bizar"');
  const { stateDir } = on.sandbox;
  const files = [join(stateDir, "bg", `${instanceId}.json`), join(stateDir, "bg", `${instanceId}.result.md`), logPath];
  for (const file of files) expect((await stat(file)).mode & 0o777).toBe(0o600);
  for (const folder of [stateDir, join(stateDir, "bg"), join(stateDir, "logs")]) {
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  }
});

contract.once("wait any returns with the first result, and the other agent can be collected later", async (on) => {
  const slow = Promise.withResolvers<void>();
  on.plan("slow", { after: slow.promise, text: "slow result" });
  on.plan("fast", { text: "fast result" });
  on.plan("race", on.spawn({ prompt: "slow" }, { prompt: "fast" }), collectSpawned({ wait: "any" }), (request) => {
    slow.resolve();
    return { calls: [{ tool: "bizar_collect", args: { instanceId: spawnedIds(request)[0] } }] };
  });
  const asked = await on.ask("race");
  const [any, later] = asked.answers("bizar_collect");
  expect(any).toEqual([
    expect.objectContaining({ status: "running", result: "" }),
    expect.objectContaining({ status: "done", result: "fast result" }),
  ]);
  expect(later).toMatchObject({ status: "done", result: "slow result" });
});

contract("a collect that waits in vain says running with what there is, and may be repeated at will", async (on) => {
  const go = Promise.withResolvers<void>();
  on.plan(
    "wait for it",
    { text: "So far so good.", calls: [bash("echo one")] },
    { after: go.promise, text: "At last." },
  );
  const title = `Wait, then say so, on ${on.backend}`;
  const { instanceId } = await on.start({ prompt: "wait for it", timeoutMs: 1000, title });
  await until("its tool has ended", () => on.requestsFor("wait for it").length === 2);
  // By its title, which has a comma.
  const early = await on.call("bizar_collect", { instanceId: `"${title.toLowerCase()}"` });
  expect(early).toMatchObject({
    instanceId,
    status: "running",
    result: "So far so good.",
    elapsed: expect.stringMatching(/^\d+s$/),
  });
  go.resolve();
  const late = await on.call("bizar_collect", { instanceId: instanceId.slice(-6), timeoutMs: 60_000 });
  expect(late).toMatchObject({ status: "done", result: "At last." });
  expect(await on.call("bizar_collect", { instanceId })).toEqual(late);
});

contract.once("nothing is written into the project but what the agents write", async (on) => {
  expect(existsSync(join(on.sandbox.project, ".opencode"))).toBe(false);
});
