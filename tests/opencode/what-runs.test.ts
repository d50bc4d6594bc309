import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { $ } from "bun";
import { writeConfig } from "../../scripts/scripted-host/sandbox.ts";
import { bash, collectSpawned, serveRig, spawn, type ServedRig } from "./rig.ts";

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig({
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
}, 60_000);
afterAll(async () => await rig.dispose());

test("a subagent runs with its own system prompt and permissions", async () => {
  rig.plan("take this down", { text: "written" });
  rig.plan("delegate", spawn({ agent: "scribe", prompt: "take this down" }), collectSpawned());
  const asked = await rig.ask("delegate");
  expect(asked.answers("bizar_collect")).toEqual([[expect.objectContaining({ status: "done", result: "written" })]]);
  const [request] = rig.requestsFor("take this down");
  expect(request?.system).toContain("You are the scribe of this house.");
  expect(request?.tools).toContain("read");
  expect(request?.tools).not.toContain("bash");
  expect(request?.tools).not.toContain("webfetch");
}, 60_000);

test("inside an agent the background tools do not exist", async () => {
  rig.plan("which tools", { text: "none of them" });
  rig.plan("delegate again", spawn({ agent: "thor", prompt: "which tools" }), collectSpawned());
  await rig.ask("delegate again");
  const [request] = rig.requestsFor("which tools");
  expect(request?.tools.filter((tool) => tool.startsWith("bizar_"))).toEqual([]);
  expect(request?.tools).toContain("bash");
}, 60_000);

test("mimir may run commands that only read, and no others, without ever asking", async () => {
  await writeFile(join(rig.sandbox.project, "seen.txt"), "visible");
  rig.plan(
    "research",
    { calls: [bash("cat seen.txt"), bash("cat seen.txt > copy.txt"), bash("rm seen.txt")] },
    (request) => ({ text: request.toolResults.join("\n---\n") }),
  );
  rig.plan("ask mimir", spawn({ agent: "mimir", prompt: "research" }), collectSpawned());
  const asked = await rig.ask("ask mimir");
  const [[collected]] = asked.answers("bizar_collect");
  expect(collected.status).toBe("done");
  const [read, copied, removed] = collected.result.split("\n---\n");
  expect(read).toContain("visible");
  expect(copied).toContain("prevents you");
  expect(removed).toContain("prevents you");
  expect(await Bun.file(join(rig.sandbox.project, "seen.txt")).exists()).toBe(true);
  expect(await Bun.file(join(rig.sandbox.project, "copy.txt")).exists()).toBe(false);
}, 60_000);

test("an agent runs on the model that its parent runs on, not on the configured one", async () => {
  rig.plan("on the other model", { text: "fine" });
  rig.plan("delegate on b", spawn({ agent: "thor", prompt: "on the other model" }), collectSpawned());
  await rig.ask("delegate on b", { model: "scripted/model-b" });
  expect(rig.requestsFor("on the other model").map(({ model }) => model)).toEqual(["model-b"]);
}, 60_000);

test("the model argument wins over the parent's", async () => {
  rig.plan("on an asked model", { text: "fine" });
  const agent = { agent: "thor", prompt: "on an asked model", model: "scripted/model-b" };
  rig.plan("delegate with a model", spawn(agent), collectSpawned());
  await rig.ask("delegate with a model", { model: "scripted/model-a" });
  expect(rig.requestsFor("on an asked model").map(({ model }) => model)).toEqual(["model-b"]);
}, 60_000);

test("in a subfolder of a repository with its own opencode.json the agent runs there, with that configuration", async () => {
  const folder = join(rig.sandbox.project, "packages", "inner");
  await mkdir(folder, { recursive: true });
  await $`git init -q`.cwd(rig.sandbox.project);
  await writeConfig(
    folder,
    rig.model.url,
    {},
    {
      agent: { local: { mode: "subagent", description: "Only here", prompt: "You are the local one." } },
    },
  );
  rig.plan(
    "where are you",
    { calls: [{ tool: "bash", args: { command: "pwd", description: "Where" } }] },
    (request) => ({
      text: request.toolResults.join("").trim(),
    }),
  );
  rig.plan("delegate below", spawn({ agent: "local", prompt: "where are you" }), collectSpawned());
  const asked = await rig.ask("delegate below", { directory: folder });
  expect(asked.answers("bizar_collect")).toEqual([[expect.objectContaining({ status: "done", result: folder })]]);
  expect(rig.requestsFor("where are you")[0]?.system).toContain("You are the local one.");
}, 60_000);
