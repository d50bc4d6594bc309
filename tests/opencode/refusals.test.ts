import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { serveRig, spawn, spawnedIds, type ServedRig } from "./rig.ts";

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig({
    config: {
      agent: {
        hermes: { mode: "primary", description: "Another primary", prompt: "You are Hermes." },
        scribe: { mode: "subagent", description: "Writes things down", prompt: "You are the scribe." },
      },
    },
  });
}, 180_000);
afterAll(async () => await rig.dispose());

test("an unknown agent is a clear error with the near name, and nothing is started", async () => {
  rig.plan("misspell", spawn({ agent: "mimr", prompt: "x" }));
  const [answer] = (await rig.ask("misspell")).answers("bizar_spawn_background");
  expect(answer.reason).toBe("agent_unknown");
  expect(answer.error).toStartWith('There is no agent "mimr" here. Did you mean "mimir"? Those that can be used: ');
  for (const name of ["mimir", "thor", "hermes", "general"]) expect(answer.error).toContain(name);
  expect(answer.error).not.toContain("title");
  expect(await readdir(join(rig.sandbox.stateDir, "bg")).catch(() => [])).toEqual([]);
}, 180_000);

test("odin is not started in the background, and the answer says whom to start", async () => {
  rig.plan("spawn odin", spawn({ agent: "odin", prompt: "x" }));
  const [answer] = (await rig.ask("spawn odin")).answers("bizar_spawn_background");
  expect(answer).toEqual({ reason: "wrong_agent", error: expect.stringContaining("Spawn thor, mimir or another") });
  expect(await readdir(join(rig.sandbox.stateDir, "bg")).catch(() => [])).toEqual([]);
}, 180_000);

test("an unknown model is a clear error with the near name, and nothing is started", async () => {
  rig.plan("wrong model", spawn({ agent: "thor", prompt: "x", model: "scripted/model-aa" }));
  const [answer] = (await rig.ask("wrong model")).answers("bizar_spawn_background");
  expect(answer.reason).toBe("model_unknown");
  expect(answer.error).toContain('There is no model "scripted/model-aa" here. Did you mean "scripted/model-a"?');
}, 180_000);

test("bad arguments are answered with what was expected and what came", async () => {
  rig.plan("bad arguments", {
    calls: [
      { tool: "bizar_spawn_background", args: { agent: "thor", prompt: "  " } },
      { tool: "bizar_spawn_background", args: { agent: "Thr", promt: "x", timeoutMs: "soon", model: "nothing" } },
      { tool: "bizar_collect", args: { instanceId: "../../etc/passwd", instanceIds: [{ id: "x" }] } },
      { tool: "bizar_kill", args: { instanceId: "bgr_01M7XQSVGK6916V6935K7D7JSA" } },
      { tool: "bizar_status", args: { instanceId: "bgr_01M7XQSVGK6916V6935K7D7JSA" } },
    ],
  });
  const asked = await rig.ask("bad arguments");
  const [empty, all] = asked.answers("bizar_spawn_background");
  expect(empty.error).toContain("the prompt is empty");
  for (const words of ['"prompt"', 'got "soon"', 'no agent "Thr"', 'Did you mean "thor"?', 'no model "nothing"']) {
    expect(all.error).toContain(words);
  }
  expect(all.note).toContain('"promt" (did you mean prompt?)');
  expect(asked.answers("bizar_collect")[0].error).toContain('"instanceIds": expected one id or a list of ids');
  const unknown = { error: "instance not found", instanceId: "bgr_01M7XQSVGK6916V6935K7D7JSA", agents: [] };
  expect(asked.answers("bizar_kill")).toEqual([unknown]);
  expect(asked.answers("bizar_status")).toEqual([unknown]);
}, 180_000);

test("each agent is offered the tools that are for it, and no other agent pays for them", async () => {
  const { project } = rig.sandbox;
  const ours = (prompt: string) =>
    rig.requestsFor(prompt).map(({ tools }) => tools.filter((tool) => tool.startsWith("bizar_")).length);
  for (const agent of ["build", "hermes"]) {
    await rig.ask(`hello ${agent}`, { agent });
    expect(ours(`hello ${agent}`)).toEqual([0]);
  }
  await mkdir(join(project, "plans/new-login"), { recursive: true });
  const named = await rig.ask('Work from the plan "new-login".', { agent: "build" });
  await rm(join(project, "plans"), { recursive: true });
  await rig.ask("go on", { agent: "build", sessionId: named.sessionId });
  expect([...ours('Work from the plan "new-login".'), ...ours("go on")]).toEqual([3, 3]);

  await mkdir(join(project, "plans/new-login"), { recursive: true });
  const task = { subagent_type: "general", description: "A native subagent", prompt: "as a native subagent" };
  const agents = ["process", "warm"].flatMap((backend) => [
    { agent: "scribe", backend, prompt: `a task on ${backend}` },
    { agent: "thor", backend, prompt: `plans/new-login/ on ${backend}` },
  ]);
  rig.plan("delegate", { calls: [{ tool: "task", args: task }, ...(spawn(...agents).calls ?? [])] }, (request) => ({
    calls: [
      {
        tool: "bizar_collect",
        args: { instanceIds: spawnedIds({ ...request, toolResults: request.toolResults.slice(1) }) },
      },
    ],
  }));
  await rig.ask("delegate");
  await rm(join(project, "plans"), { recursive: true });
  expect(ours("delegate")).toEqual([9, 9, 9]);
  expect(ours("as a native subagent")).toEqual([0]);
  expect(agents.map(({ prompt }) => ours(prompt))).toEqual([[2], [5], [2], [5]]);

  // What opencode itself tells an agent without a prompt of its own stands before what Odin is told.
  const said = (prompt: string) => rig.requestsFor(prompt)[0] ?? expect.unreachable(prompt);
  const [base = ""] = said("hello build").system.split("\n\n");
  expect(said("delegate").system).toStartWith(base);
  for (const word of ["You are Odin.", 'scribe "Writes things down"', 'hermes "Another primary"']) {
    expect(said("delegate").system).toContain(word);
    expect(said("as a native subagent").system + said("hello hermes").system).not.toContain(word);
  }
  expect(said("delegate").tools.includes("question")).toBe(said("hello build").tools.includes("question"));
  // Whatever its name, an agent knows that it works in the background; nobody else is told so.
  for (const { agent, prompt } of agents) {
    expect(said(prompt).system).toContain("You work in the background: nobody answers questions");
    if (agent === "scribe") expect(said(prompt).system).toContain("You are the scribe.");
  }
  for (const prompt of ["delegate", "hello build", "as a native subagent"]) {
    expect(said(prompt).system).not.toContain("nobody answers questions");
  }
}, 180_000);

/** A spawn in words that other tools have. */
const loose = (backend: string) => ({
  tool: "bizar_spawn_background",
  args: {
    ...{ subagent_type: "Thor", message: `loose on ${backend}`, description: "Loose", run_in_background: true },
    ...{ model: "model-a", timeoutMs: "5", title: "", backend: backend.toUpperCase() },
  },
});

test("what is meant is taken, however a model writes it, and the answer says so", async () => {
  const collecting = Promise.withResolvers<void>();
  const ending = async () => {
    await collecting.promise;
    return { text: "done" };
  };
  for (const backend of ["process", "warm"]) rig.plan(`loose on ${backend}`, ending);
  rig.plan(
    "loosely",
    { calls: [loose("process"), loose("warm")] },
    (request) => {
      collecting.resolve();
      const [one, other] = spawnedIds(request);
      const ids = JSON.stringify([`"${one}"`, "bgr_01M7XQSVGK6916V6935K7D7JSA", other]);
      return { calls: [{ tool: "bizar_collect", args: { ids, wait: "All", timeout: "60000" } }] };
    },
    (request) => {
      const [one = ""] = spawnedIds(request);
      return {
        calls: [
          { tool: "bizar_status", args: { instance_id: `<${one}>`, all: "true" } },
          { tool: "bizar_collect", args: { instanceIds: one.slice(-6), scope: "Turn" } },
          { tool: "bizar_kill", args: { agentId: [one.toLowerCase()] } },
        ],
      };
    },
    // A collect beside it might wait for the turn that this one asks for.
    (request) => {
      const [one = ""] = spawnedIds(request);
      const args = { id: `'${one}'`, message: "go on", mode: "AFTER" };
      return { calls: [{ tool: "bizar_send_message", args }] };
    },
  );
  const asked = await rig.ask("loosely");
  const [first, second] = asked.answers("bizar_spawn_background");
  for (const { note } of [first, second]) {
    for (const words of ["subagent_type → agent", "message → prompt", "description → title", 'timeoutMs "5" → 1000']) {
      expect(note).toContain(words);
    }
    expect(note).toEndWith('ignored: "run_in_background"; agent "Thor" → thor; model "model-a" → scripted/model-a');
  }
  const [collected, again] = asked.answers("bizar_collect");
  const { instanceId } = first;
  expect(again).toMatchObject([{ instanceId, status: "done", result: "done" }]);
  const [status] = asked.answers("bizar_status");
  const [killed] = asked.answers("bizar_kill");
  const [sent] = asked.answers("bizar_send_message");
  expect(status).toMatchObject([{ instanceId, note: expect.stringContaining("instance_id → instanceId") }]);
  expect(killed).toMatchObject({ instanceId, status: "done" });
  expect(sent).toMatchObject({ instanceId, turn: 2, note: expect.stringContaining("message → prompt") });
  const agents = ["process", "warm"].map(() => ({ agent: "thor", title: "Loose" }));
  expect(collected).toMatchObject([
    { instanceId: first.instanceId, status: "done", note: expect.stringContaining("timeout → timeoutMs; ") },
    { error: "instance not found", agents },
    { instanceId: second.instanceId, status: "done" },
  ]);
}, 180_000);
