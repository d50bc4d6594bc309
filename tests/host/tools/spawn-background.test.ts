import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { ChangedFiles } from "../../../src/ledger/changed-files.ts";
import { sampleId, sampleInstance } from "../../supervisor/sample-instance.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { until } from "../../until.ts";
import { createToolRig, recordOf } from "../tool-rig.ts";

type ToolRig = ReturnType<typeof createToolRig>;

const task = { agent: "mimir", prompt: "Look around and report." };

/** Spawns an agent whose session is known at once, as the model would. */
async function spawnRunning(rig: ReturnType<typeof createToolRig>, args: Record<string, unknown> = task) {
  const answering = rig.call("spawn_background", args);
  await until("it is started", () => rig.backend.turns.length > 0);
  const turn = rig.backend.turns.at(-1)!;
  turn.observer.spawned({ pid: 4242, startTime: "777" });
  turn.observer.sessionIdentified("ses_child");
  return { turn, answer: await answering };
}

const TOLD = "You are told when it ends: do not poll, or work on the same files.";

test("the answer comes with the session, names the agent once, and says what not to do", async () => {
  const { answer, turn } = await spawnRunning(createToolRig());
  const { instanceId } = turn.request;
  expect(answer.value).toEqual({ instanceId, status: "running", message: TOLD });
  const logPath = `/state/logs/${instanceId}.log`;
  expect(answer.metadata).toEqual({ instanceId, sessionId: "ses_child", processId: 4242, logPath, status: "running" });
  expect(answer.title).toBe(`mimir running (${instanceId})`);
});

test("where nobody tells of its end, or the opencode ends with the turn, the answer says so", async () => {
  const quiet = await spawnRunning(createToolRig(8, { announce: "off" }));
  expect(quiet.answer.value.message).toStartWith("bizar_collect waits for its end; do not poll");
  const inRun = await spawnRunning(createToolRig(8, {}, undefined, "/state/bg", true));
  expect(inRun.answer.value.message).toBe(
    "Collect it before you end your turn: do not poll, or work on the same files.",
  );
  const noted = await spawnRunning(createToolRig(8, { announce: "note" }));
  expect(noted.answer.value.message).toBe(TOLD);
});

test("the agent runs where its caller does, on its caller's model, with the whole prompt", async () => {
  const rig = createToolRig();
  const prompt = `- first\n${'"quotes" $() 👍 '.repeat(10_000)}`;
  const { turn } = await spawnRunning(rig, { ...task, prompt });
  expect(turn.request.prompt).toBe(prompt);
  expect(turn.request).toMatchObject({ directory: "/project", model: { providerId: "scripted", modelId: "model" } });
  expect(rig.supervisor.view(turn.request.instanceId)!.instance).toMatchObject({
    parent: { sessionId: "ses_parent", messageId: "msg_parent", agent: "odin" },
    timeoutMs: 300_000,
    deadlineMs: null,
  });
});

test("what was asked for is kept", async () => {
  const rig = createToolRig();
  const asked = { title: "Look", timeoutMs: 5000, deadlineMs: 60_000, model: "other/tiny" };
  const { turn } = await spawnRunning(rig, { ...task, ...asked });
  expect(rig.supervisor.view(turn.request.instanceId)!.instance).toMatchObject({
    title: "Look",
    timeoutMs: 5000,
    deadlineMs: 60_000,
    model: { providerId: "other", modelId: "tiny" },
  });
});

test("when all places are taken, the answer comes at once with the place in the line", async () => {
  const rig = createToolRig(1);
  await spawnRunning(rig);
  const { value } = await rig.call("spawn_background", task);
  expect(value).toMatchObject({ status: "queued", queuePosition: 1, waitsFor: "a place" });
  expect(value.message).toBe(
    `It waits for a place, number 1 in line (1 of at most 1 are running); it starts by itself. ${TOLD}`,
  );
  expect((await rig.call("spawn_background", task)).value.queuePosition).toBe(2);
});

test("when memory is short, the answer says that the agent waits for it, with the numbers", async () => {
  const rig = createToolRig(8, {}, { minFreeMemoryMb: 768, availableMemoryMb: () => 600 });
  await spawnRunning(rig);
  rig.clock.advance(60_000);
  const { value } = await rig.call("spawn_background", task);
  expect(value).toMatchObject({ status: "queued", queuePosition: 1, waitsFor: "memory" });
  expect(value.message).toBe(
    `It waits for memory, number 1 in line (600 MB are available; 768 MB must be); it starts by itself. ${TOLD}`,
  );
});

test("when the host aborts the call, the agent goes on, pending", async () => {
  const rig = createToolRig();
  const { metadata, value } = await rig.call("spawn_background", task, { abort: AbortSignal.abort() });
  expect([value.status, value.message, metadata["sessionId"]]).toEqual(["pending", TOLD, null]);
  expect(rig.backend.turns[0]).toMatchObject({ stops: 0, stopsNow: 0 });
});

test("an agent that ended before its session was known is told as it ended", async () => {
  const rig = createToolRig();
  const answering = rig.call("spawn_background", task);
  await until("it is started", () => rig.backend.turns.length > 0);
  rig.backend.turns[0]!.end({ exitCode: null, spawnError: "no such file: opencode", text: "" });
  const { value } = await answering;
  expect(value).toMatchObject({ status: "failed", reason: "spawn_failed", error: "no such file: opencode" });
});

test("what is meant is taken, whatever a model calls it, and the note says so", async () => {
  const rig = createToolRig();
  const given = { subagent_type: "@Mimir", message: "Look around.", description: "A look", model: "tiny" };
  const args = { ...given, timeoutMs: "5", deadlineMs: 5, run_in_background: true };
  const { answer, turn } = await spawnRunning(rig, args);
  const { instance } = rig.supervisor.view(turn.request.instanceId)!;
  expect(instance).toMatchObject({
    agent: "mimir",
    prompt: "Look around.",
    title: "A look",
    timeoutMs: 1000,
    deadlineMs: 1000,
  });
  expect(instance.model).toMatchObject({ providerId: "other", modelId: "tiny" });
  expect(answer.value.note).toBe(
    "subagent_type → agent; message → prompt; description → title; " +
      'timeoutMs "5" → 1000; deadlineMs 5 → 1000; ignored: "run_in_background"; agent "@Mimir" → mimir; model "tiny" → other/tiny',
  );
});

describe("what cannot be started is an error, and nothing is left of it", () => {
  const cases: [what: string, args: unknown, error: string][] = [
    ["no agent", { prompt: "Go." }, '"agent"'],
    ["no prompt", { agent: "mimir" }, '"prompt"'],
    ["a blank prompt", { ...task, prompt: " \n " }, "the prompt is empty"],
    ["a model of no provider", { ...task, model: "/model" }, 'There is no model "/model"'],
    ["a model without a name", { ...task, model: "scripted/" }, 'There is no model "scripted/"'],
    ["a wait that is none", { ...task, timeoutMs: "a while" }, '"timeoutMs"'],
    ["a deadline that is none", { ...task, deadlineMs: {} }, '"deadlineMs"'],
    ["no arguments", undefined, '"agent"'],
    ["something else", "mimir", "bizar_spawn_background takes"],
    ["an unknown agent", { ...task, agent: "mimr" }, 'Did you mean "mimir"?'],
    ["an unknown model", { ...task, model: "scripted/nope" }, "There is no model"],
  ];
  for (const [what, args, error] of cases) {
    test(what, async () => {
      const rig = createToolRig();
      const answer = await rig.call("spawn_background", args);
      expect(answer.value.error).toContain(error);
      expect(answer.metadata).toEqual({ error: true });
      expect([rig.journal.length, rig.backend.turns.length]).toEqual([0, 0]);
    });
  }

  test("all that is wrong with a call, at once", async () => {
    const rig = createToolRig();
    const args = { subagent_type: "mimr", model: "nope", timeoutMs: "abc", backend: "cold", promt: "Go." };
    const { value } = await rig.call("spawn_background", args);
    for (const words of ['"prompt"', 'got "abc"', 'got "cold"', 'no agent "mimr"', 'no model "nope"']) {
      expect(value.error).toContain(words);
    }
    expect(value.note).toBe('subagent_type → agent; ignored: "promt" (did you mean prompt?)');
  });

  test("a state folder that cannot be written", async () => {
    const rig = createToolRig();
    rig.store.failing.add("create");
    const { value } = await rig.call("spawn_background", task);
    expect(value.error).toBe("bizar_spawn_background failed: create failed");
  });

  test("a host that does not answer", async () => {
    const rig = createToolRig();
    rig.fake.agents = new Error("connection refused");
    expect((await rig.call("spawn_background", task)).value.error).toContain("connection refused");
  });
});

async function projectWith(...files: string[]) {
  const folder = temporaryFolder();
  for (const file of files) await Bun.write(join(folder, "project", file), "x");
  const rig = createToolRig(8, {}, undefined, join(folder, "bg"));
  return { rig, directory: join(folder, "project"), changes: new ChangedFiles(join(folder, "changes")) };
}

/** Has an agent that changes these files, and gives its turn. */
async function writer(rig: ToolRig, directory: string, changedFiles: string[]) {
  const answering = rig.call("spawn_background", { ...task, title: "discounts" }, { directory });
  await until("it is started", () => rig.backend.turns.length > 0);
  const turn = rig.backend.turns.at(-1)!;
  turn.observer.sessionIdentified("ses_child");
  turn.observer.progressed({ ...sampleInstance("running").progress, changedFiles });
  return { turn, id: (await answering).value.instanceId as string };
}

async function noteFor(rig: ToolRig, directory: string, prompt: string): Promise<string | undefined> {
  const turns = rig.backend.turns.length;
  const answering = rig.call("spawn_background", { ...task, prompt }, { directory });
  while (rig.backend.turns.length === turns) await Promise.resolve();
  rig.backend.turns.at(-1)!.observer.sessionIdentified("ses_other");
  return (await answering).value.note;
}

describe("a prompt that names files of running agents", () => {
  test("is answered with a warning that names file and agent, and other prompts are not", async () => {
    const { rig, directory } = await projectWith("src/price.ts", "src/other.ts");
    const { id, turn } = await writer(rig, directory, ["src/price.ts"]);
    expect(await noteFor(rig, directory, "Fix `src/price.ts`.")).toStartWith(
      'The prompt names files that running agents have changed: "src/price.ts" (mimir "discounts").',
    );
    expect(await noteFor(rig, directory, "Fix src/other.ts.")).toBeUndefined();
    turn.end();
    await until("it has ended", () => rig.supervisor.view(id) === undefined);
    expect(await noteFor(rig, directory, "Fix src/price.ts again.")).toBeUndefined();
  });

  test("those of another opencode's agents are known by the ledger", async () => {
    const { rig, directory, changes } = await projectWith("a.ts");
    const version = { mtimeMs: 1, size: 1, digest: null };
    const running = sampleInstance("running", { instanceId: sampleId(7), title: "prices" });
    rig.foreign.set(sampleId(7), recordOf(running));
    const author = { sessionId: "ses_a", instanceId: sampleId(7), agent: "thor" };
    await changes.record({ ...author, path: join(directory, "a.ts"), version, at: 1 });
    expect(await noteFor(rig, directory, "Look at a.ts")).toContain('"a.ts" (mimir "prices")');
  });
});

describe("an agent that runs elsewhere", () => {
  const launchers = {
    slurm: { command: ["srun"], slots: 2 },
    box: { command: ["docker", "run", "-i", "--rm", "image"] },
  };
  const atPlace = async (args: Record<string, unknown>, options: Record<string, unknown> = {}) => {
    const rig = createToolRig(8, { launchers, ...options });
    return { rig, ...(await spawnRunning(rig, { ...task, ...args })) };
  };

  test("is a process at the place that is named, and the answer says what is free there", async () => {
    const { answer, turn } = await atPlace({ on: "slurm", backend: "warm" });
    expect(turn.request).toMatchObject({ on: "slurm", backend: "process" });
    expect(answer.value).toMatchObject({ on: "slurm", free: expect.stringMatching(/^\d of \d free$/) });
    expect(answer.value.note).toContain("On slurm it is a process of its own.");
  });

  test("goes to the default place, unless it is to run here", async () => {
    const inDefault = await atPlace({}, { defaultLauncher: "slurm" });
    expect(inDefault.turn.request.on).toBe("slurm");
    for (const on of ["here", "HERE", "local"]) {
      expect((await atPlace({ on }, { defaultLauncher: "slurm" })).turn.request.on).toBeUndefined();
    }
  });

  test("a place is found in other letters, and by what models call it", async () => {
    expect((await atPlace({ on: "Slurm" })).turn.request.on).toBe("slurm");
    expect((await atPlace({ place: '"slurm"' })).turn.request.on).toBe("slurm");
  });

  test("in a container says that no message can follow, and takes none", async () => {
    const { answer, rig, turn } = await atPlace({ on: "box" });
    expect(answer.value.note).toContain("Its session is gone with its end on box: no message can follow.");
    const { instanceId } = turn.request;
    const sent = await rig.call("send_message", { instanceId, prompt: "more" });
    expect(sent.value.error).toContain("Its session is gone with its end on box");
  });

  test("a place that is none is an error with those that are, and what is free there", async () => {
    const atPlaces = createToolRig(8, { launchers });
    const { value } = await atPlaces.call("spawn_background", { ...task, on: "slrm" });
    expect(value).toMatchObject({ reason: "place_unknown" });
    expect(value.error).toBe(
      'There is no place "slrm". There are here, slurm (2 of 2 free), box (8 of 8 free). Did you mean slurm?',
    );
    const none = await createToolRig().call("spawn_background", { ...task, on: "slurm" });
    expect(none.value.error).toContain('none is set up (options "launchers" and "servers")');
  });

  test("servers are places too, with any for one of them", async () => {
    const server = { name: "east", url: "https://east.example.org", directory: "/srv/app", slots: 3 };
    const rig = createToolRig(8, { launchers, servers: [server], defaultLauncher: "any" });
    const { on } = rig.args("spawn_background");
    expect(on).toEqual({
      type: "string",
      description: "Where: here, slurm (2 slots), box (8 slots), east (3 slots), any (a server with room); default any",
    });
    const { value } = await rig.call("spawn_background", { ...task, on: "est" });
    expect(value.error).toBe(
      'There is no place "est". There are here, slurm (2 of 2 free), box (8 of 8 free), east (3 of 3 free), ' +
        "any (a server with room). Did you mean east?",
    );
  });

  test("models are offered places only where there are some", () => {
    expect(createToolRig().args("spawn_background")).not.toHaveProperty("on");
    const { on } = createToolRig(8, { launchers, defaultLauncher: "slurm" }).args("spawn_background");
    expect(on).toEqual({ type: "string", description: "Where: here, slurm (2 slots), box (8 slots); default slurm" });
  });
});
