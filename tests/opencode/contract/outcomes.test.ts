import { expect } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelAnswer, ModelRequest } from "../../../scripts/scripted-host/scripted-model.ts";
import { GO_ON } from "../../../src/supervisor/fallbacks.ts";
import { bash, until, type Step } from "../rig.ts";
import { BACKENDS, onBothBackends } from "./on-both-backends.ts";

const contract = onBothBackends(
  {
    options: { fallbackModels: { plain: ["scripted/model-b"] } },
    config: {
      agent: {
        plain: { mode: "subagent", description: "Has no rules of its own" },
      },
    },
  },
  async ({ home }) => {
    // One that has failed is left out by all agents of a host: each backend has its own.
    const path = join(home, ".config/opencode/opencode.json");
    const { provider } = await Bun.file(path).json();
    const names = BACKENDS.flatMap((backend) =>
      ["busy", "poor", "gone", "none", "away", "down", "torn"].map((name) => `${name}-${backend}`),
    );
    for (const name of names) provider.scripted.models[name] = { name };
    await writeFile(path, JSON.stringify({ provider }));
  },
);

contract("an unknown agent or model is refused with the near name, and nothing is started", async (on) => {
  const { spawned } = await on.delegate([
    { agent: "mimr", prompt: "never" },
    { model: "scripted/model-aa", prompt: "never" },
  ]);
  expect(spawned).toEqual([
    { reason: "agent_unknown", error: expect.stringContaining('There is no agent "mimr" here. Did you mean "mimir"?') },
    { reason: "model_unknown", error: expect.stringContaining('Did you mean "scripted/model-a"?') },
  ]);
  expect(on.requestsFor("never")).toEqual([]);
});

contract(
  "a provider's error is the reason that the agent failed, with its words and what it had said before",
  async (on) => {
    on.plan(
      "meet an error",
      { text: "I try.", calls: [bash("echo tried")] },
      { status: 400, text: "the prompt offends the server" },
    );
    const [collected] = (await on.delegate([{ prompt: "meet an error" }])).collected;
    expect(collected).toMatchObject({ status: "failed", reason: "session_error", result: "I try." });
    expect((await on.record(collected.instanceId)).toolCallCount).toBe(1);
    expect(collected.error).toBe("APIError (HTTP 400): the prompt offends the server");
  },
);

contract(
  "what an agent and its subagent changed is told however a turn ended, and its last calls where it failed",
  async (on) => {
    const { project } = on.sandbox;
    const name = (file: string) => `${on.backend}-${file}`;
    // In a server it works in a copy, and the way to the caller's files leads nowhere.
    const path = (file: string) => (on.place === "server" ? name(file) : join(project, name(file)));
    const edit = (oldString: string, newString: string) => ({
      tool: "edit",
      args: { filePath: path("a.txt"), oldString, newString },
    });
    const task = { description: "Writes", prompt: `write ${name("b.txt")}`, subagent_type: "general" };
    on.plan(task.prompt, { calls: [{ tool: "write", args: { filePath: path("b.txt"), content: "b" } }] });
    on.plan(
      "change some files",
      { calls: [{ tool: "write", args: { filePath: name("a.txt"), content: "one\n" } }] },
      { calls: [edit("not there", "x"), { tool: "read", args: { filePath: path("a.txt") } }] },
      { calls: [{ tool: "task", args: task }] },
      { text: "changed" },
    );
    const [first] = (await on.delegate([{ prompt: "change some files" }])).collected;
    expect(first).toMatchObject({ status: "done", changedFiles: [name("a.txt"), name("b.txt")] });
    expect(first).not.toHaveProperty("lastCalls");
    const { instanceId } = first;
    on.plan(
      "change more, and fail",
      { calls: [edit("one", "two")] },
      { calls: [1, 2, 3, 4, 5].map((each) => bash(`echo ${each}`)) },
      { status: 400, text: "no more" },
    );
    await on.call("bizar_send_message", { instanceId, prompt: "change more, and fail" });
    const second = await on.call("bizar_collect", { instanceId });
    expect(second).toMatchObject({ status: "failed", changedFiles: [name("a.txt")] });
    expect(second.lastCalls.toSorted()).toEqual([1, 2, 3, 4, 5].map((each) => `bash: echo ${each}`));
  },
  180_000,
);

contract("an agent that ends well without a text is done, with the reason empty_result", async (on) => {
  on.plan("say nothing", { text: "" });
  const [collected] = (await on.delegate([{ prompt: "say nothing" }])).collected;
  expect(collected).toMatchObject({ status: "done", reason: "empty_result", result: "" });
  expect(collected).not.toHaveProperty("resultPath");
});

contract("an agent that keeps running into a block ends as loop_guard, with the marker as first line", async (on) => {
  const same = { calls: [bash("pwd")] };
  on.plan("loop on", same, same, same, same, same, same, same, same, same, { text: "never said" });
  const [collected] = (await on.delegate([{ prompt: "loop on" }])).collected;
  const lastCalls = Array.from({ length: 5 }, () => "bash: pwd");
  expect(collected).toMatchObject({ status: "failed", reason: "loop_guard", lastCalls });
  expect(collected.result.split("\n")[0]).toBe("[loop guard: 4 identical calls to bash]");
  const requests = on.requestsFor("loop on");
  expect(requests.at(-1)?.toolResults[2]).toContain("[loop guard: 3 identical calls to bash]");
  expect(requests.at(-1)?.toolResults.join("\n")).toContain("Loop protection: 4 identical calls to bash");
  expect(requests.at(-1)?.step).toBeLessThanOrEqual(8);
});

contract("three identical calls in one message end nothing, and each counts", async (on) => {
  const calls = [bash("echo again"), bash("echo again"), bash("echo again")];
  on.plan("three at once", { calls }, (request) => ({
    text: request.toolResults.join("").replaceAll("\n", " ").trim(),
  }));
  const [collected] = (await on.delegate([{ agent: "plain", prompt: "three at once" }])).collected;
  expect(collected).toMatchObject({ status: "done", result: "again again again" });
  expect((await on.record(collected.instanceId)).toolCallCount).toBe(3);
});

contract(
  "bizar_status tells what an agent is doing: thinking, writing, composing a call, in a tool, retrying",
  async (on) => {
    const flag = join(on.sandbox.project, `go-${on.backend}`);
    // Each look is a turn of the session that asks.
    const slowly = { pieces: 6, everyMs: 800 };
    const wait = bash(`until [ -e ${flag} ]; do sleep 0.1; done`);
    let refusals = 0;
    on.plan(
      "do a bit of everything",
      { reasoning: "First I think it over.", text: "Then I say what I do.", calls: [wait], drip: slowly },
      () =>
        refusals++ === 0 ? { status: 429, headers: { "retry-after": "4" }, text: "slow down" } : { text: "All of it." },
    );
    const { instanceId } = await on.start({ prompt: "do a bit of everything" });
    const seen: string[] = [];
    for (let status = "running"; status === "running" || status === "pending";) {
      // Each look is of a session of its own: to none of them it is old.
      const [view] = await on.call("bizar_status", { instanceId });
      status = view.status;
      // "tool bash: until [ -e go ]; …, 2 s"
      const doing = view.activity?.replace(/:.*| until .*/, "") ?? "silent";
      if (doing !== seen.at(-1)) seen.push(doing);
      if (view.activity?.startsWith("tool bash: until [ -e")) await writeFile(flag, "");
    }
    const lasting = seen.filter((activity) => !/^(?:starting|silent|waiting for the model.*)$/.test(activity));
    expect(lasting.slice(0, 5)).toEqual(["thinking", "writing", "composing bash", "tool bash", "retrying"]);
    expect(await on.call("bizar_collect", { instanceId })).toMatchObject({ status: "done" });
    expect((await on.record(instanceId)).toolCallCount).toBe(1);
  },
);

const tried = (name: string, words: string) => ({ model: name, error: expect.stringContaining(words) });
const tell = (text: string) => ({ tool: "bizar_tell_parent", args: { text, wake: true } });

contract(
  "where a provider does not answer the next model goes on in the same session, and what each said is told",
  async (on) => {
    const model = (name: string) => `scripted/${name}-${on.backend}`;
    const fails: Record<string, ModelAnswer> = {
      [model("busy")]: { status: 429, text: "come back tomorrow", headers: { "retry-after": "86400" } },
      [model("poor")]: { status: 402, text: "no money left" },
      [model("gone")]: { status: 404, text: "no such model" },
      [model("none")]: { status: 401, text: "no key" },
      [model("away")]: { status: 403, text: "not for you" },
    };
    const answer: Step = (request) =>
      fails[`scripted/${request.model}`] ?? {
        text: request.messages.map(({ role, text }) => (role === "system" ? "" : text)).join(" / "),
      };
    on.plan("wait for ever", answer);
    on.plan("pay", ({ model: name }) => (name.startsWith("poor") ? { calls: [bash("echo begun")] } : {}), answer);
    on.plan("find nobody", answer);
    on.plan(GO_ON, answer);
    const [busy, poor, gone] = [model("busy"), model("poor"), model("gone")];
    const { collected } = await on.delegate([
      // By the option of the agent's name, where the spawn names none.
      { agent: "plain", prompt: "wait for ever", model: busy },
      { prompt: "pay", model: poor, fallback: [gone, "model-b"] },
      { prompt: "find nobody", model: model("none"), fallback: [model("away")] },
    ]);
    const [waited, paid, nobody] = collected;
    expect(waited).toMatchObject({ status: "done", modelsTried: [tried(busy, "asks to wait until")] });
    expect(waited.result).toContain("wait for ever");
    expect(waited.result).toEndWith(GO_ON);
    expect(paid).toMatchObject({
      status: "done",
      modelsTried: [tried(poor, "no money left"), tried(gone, "no such model")],
    });
    expect(paid.result).toContain("begun");
    expect(nobody).toMatchObject({ status: "failed", reason: "session_error" });
    expect(nobody.error).toMatch(/none-\w+: .*no key \| .*away-\w+: .*not for you/);
    const record = await on.record(paid.instanceId);
    expect(record).toMatchObject({ model: "scripted/model-b", modelsTried: paid.modelsTried });
    expect(record.turns.map(({ kind }) => kind)).toEqual(["initial", "fallback", "fallback"]);
  },
  240_000,
);

/** All that the model is told. */
const said = ({ messages }: ModelRequest) => messages.map(({ text }) => text).join(" / ");

contract(
  "a provider that fails again and again is left, and what was cut off is gone on with: all that was done is there",
  async (on) => {
    const model = (name: string) => `${name}-${on.backend}`;
    const [down, torn] = [model("down"), model("torn")];
    const afterwards: Step = (request) => {
      // The host asks once more by itself, five times at most.
      if (request.model === down) return { status: 500, text: "it broke", headers: { "retry-after-ms": "20" } };
      return { text: said(request) };
    };
    let isCut = false;
    on.plan("begin, and fail", { text: "I begin.", calls: [bash("echo done-before")] }, afterwards, afterwards);
    on.plan(
      "begin, and be cut",
      { text: "I begin.", calls: [bash("echo done-before")] },
      (request) => {
        if (isCut) return { text: said(request) };
        isCut = true;
        return { text: "Half a sen", cut: true };
      },
      (request) => ({ text: said(request) }),
    );
    on.plan(GO_ON, afterwards);
    const { collected } = await on.delegate([
      { prompt: "begin, and fail", model: `scripted/${down}`, fallback: ["model-b"] },
      { prompt: "begin, and be cut", model: `scripted/${torn}` },
    ]);
    const [failing, cut] = collected;
    expect(failing).toMatchObject({ status: "done", modelsTried: [tried(`scripted/${down}`, "it broke")] });
    expect(cut).toMatchObject({ status: "done" });
    expect(cut).not.toHaveProperty("modelsTried");
    for (const { result } of [failing, cut]) {
      expect(result).toContain("I begin.");
      expect(result).toContain("done-before");
    }
    expect((await on.record(failing.instanceId)).turns.map(({ kind }) => kind)).toEqual(["initial", "fallback"]);
    expect(on.model.requests.filter((request) => request.model === down).length).toBeGreaterThan(2);
  },
  240_000,
);

contract("what an agent tells who asked for it wakes that session once, and is no order of the user's", async (on) => {
  const begun = Promise.withResolvers<void>();
  const woken = () => on.model.requests.filter(({ prompt }) => prompt.includes("> I am blocked."));
  on.plan(
    "report",
    async () => {
      await begun.promise;
      return { calls: [tell("I am blocked.")] };
    },
    async () => {
      await until("it is told", () => woken().length > 0);
      return { calls: ["2", "3", "4", "5", "6"].map(tell) };
    },
    ({ toolResults }) => ({ text: toolResults.at(-1) ?? "" }),
  );
  const agent = await on.start({ prompt: "report" });
  begun.resolve();
  const { status, result } = await on.call("bizar_collect", { instanceId: agent.instanceId });
  expect({ status, result }).toEqual({ status: "done", result: expect.stringContaining("often enough") });
  expect(woken()).toHaveLength(1);
  expect(woken()[0]?.prompt).toContain("It does not come from the user.");
});
