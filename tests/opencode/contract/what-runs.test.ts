import { expect } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { $ } from "bun";
import { writeConfig } from "../../../scripts/scripted-host/sandbox.ts";
import { bash } from "../rig.ts";
import { onBothBackends } from "./on-both-backends.ts";

const contract = onBothBackends({
  config: {
    agent: {
      scribe: {
        mode: "subagent",
        description: "Writes things down",
        prompt: "You are the scribe of this house.",
        permission: { bash: "deny", webfetch: "deny" },
      },
    },
  },
});

contract("a subagent runs with its own system prompt and permissions", async (on) => {
  on.plan("take this down", { text: "written" });
  const { collected } = await on.delegate([{ agent: "scribe", prompt: "take this down" }]);
  expect(collected).toEqual([expect.objectContaining({ status: "done", result: "written" })]);
  const [request] = on.requestsFor("take this down");
  expect(request?.system).toContain("You are the scribe of this house.");
  expect(request?.tools).toContain("read");
  expect(request?.tools.filter((tool) => /^(?:bash|webfetch)$/.test(tool))).toEqual([]);
});

contract("inside an agent that may do everything the background tools do not exist", async (on) => {
  on.plan("which tools", { text: "none of them" });
  await on.delegate([{ prompt: "which tools" }]);
  const [request] = on.requestsFor("which tools");
  const background = /^bizar_(?:spawn_background|status|collect|kill|send_message)$/;
  expect(request?.tools.filter((tool) => background.test(tool))).toEqual([]);
  expect(request?.tools).toContain("bash");
});

contract("mimir may run commands that only read, and no others, without ever asking", async (on) => {
  await writeFile(join(on.sandbox.project, "seen.txt"), "visible");
  on.plan(
    "research",
    {
      calls: [
        bash("cat seen.txt"),
        bash("cat seen.txt > copy.txt"),
        bash("rm seen.txt"),
        bash("{ cat seen.txt; } > copy.txt"),
      ],
    },
    (request) => ({ text: request.toolResults.join("\n---\n") }),
  );
  const [collected] = (await on.delegate([{ agent: "mimir", prompt: "research" }])).collected;
  expect(collected.status).toBe("done");
  const [read, copied, removed, grouped] = collected.result.split("\n---\n");
  expect(read).toContain("visible");
  expect(copied).toContain("prevents you");
  expect(removed).toContain("prevents you");
  expect(grouped).toContain("prevents you");
  expect(await Bun.file(join(on.sandbox.project, "seen.txt")).exists()).toBe(true);
  expect(await Bun.file(join(on.sandbox.project, "copy.txt")).exists()).toBe(false);
});

contract("an agent runs on the model that its parent runs on, unless the spawn names another one", async (on) => {
  const agents = [{ prompt: "on the parent's" }, { prompt: "on the named", model: "scripted/model-a" }];
  await on.delegate(agents, { model: "scripted/model-b" });
  expect(on.requestsFor("on the parent's").map(({ model }) => model)).toEqual(["model-b"]);
  expect(on.requestsFor("on the named").map(({ model }) => model)).toEqual(["model-a"]);
});

contract("what a native subagent of the agent does counts, and its text is not the agent's", async (on) => {
  const usage = { input: 100, output: 20 };
  on.plan("the helper's part", { calls: [bash("echo helped")], usage }, { text: "I have helped.", usage });
  const task = { description: "Helps", prompt: "the helper's part", subagent_type: "general" };
  on.plan("use a helper", { calls: [{ tool: "task", args: task }], usage }, { text: "All done.", usage });
  const { collected, spawned } = await on.delegate([{ prompt: "use a helper" }]);
  expect(collected[0]).toMatchObject({ status: "done", result: "All done.", toolCallCount: 2 });
  expect(collected[0].tokens).toMatchObject({ input: 400, output: 80 });
  expect(collected[0].costUsd).toBeCloseTo(0.0012, 9);
  expect((await on.record(spawned[0].instanceId)).sessionId).toBe(spawned[0].sessionId);
});

contract(
  "in a subfolder of a repository with its own opencode.json the agent runs there, with that configuration",
  async (on) => {
    const folder = join(on.sandbox.project, "packages", on.backend);
    await mkdir(folder, { recursive: true });
    await $`git init -q`.cwd(on.sandbox.project);
    const local = { mode: "subagent", description: "Only here", prompt: "You are the local one." };
    await writeConfig(folder, on.model.url, {}, { agent: { local } });
    on.plan("where are you", { calls: [bash("pwd")] }, (request) => ({ text: request.toolResults.join("").trim() }));
    const { collected } = await on.delegate([{ agent: "local", prompt: "where are you" }], { directory: folder });
    expect(collected).toEqual([expect.objectContaining({ status: "done", result: folder })]);
    expect(on.requestsFor("where are you")[0]?.system).toContain("You are the local one.");
  },
);
