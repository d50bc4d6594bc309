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

contract("mimir does its work in bash, its refusals name the word and count for no loop", async (on) => {
  const { project } = on.sandbox;
  await mkdir(join(project, "lines"), { recursive: true });
  await writeFile(join(project, "lines/seen.txt"), "b\na\nb\n");
  await writeFile(join(project, ".env"), "SECRET=1");
  const lines = [
    "find lines -name '*.txt' | head -3",
    "sed -n 1,2p lines/seen.txt",
    "sort lines/seen.txt | uniq -c",
    "cat missing.txt 2>/dev/null || echo none",
    "ls missing 2>&1 | cut -c1-3; pwd; which sh; tr a-z A-Z < lines/seen.txt",
    // Whether or not they are installed.
    "echo all of it; tree lines; echo '{}' | jq .; find . -type f 2>/dev/null | sort -r | uniq | tail -n 2 | wc -l",
  ];
  const refused = ["awk 1 a", "sed -n 'w x' a", "uniq a b", "cat .env", "head /etc/hostname", "git diff *"];
  // As many steps of one error as would be told of.
  const again = Array.from({ length: 5 }, (_, index) => [`xargs echo ${index}`]);
  const steps = [lines, refused, ...again].map((step) => ({ calls: step.map((line) => bash(line)) }));
  on.plan("find out", ...steps, (request) => ({ text: request.toolResults.join("\n---\n") }));
  const [collected] = (await on.delegate([{ agent: "mimir", prompt: "find out" }])).collected;
  expect(collected.status).toBe("done");
  const answers = on.requestsFor("find out").at(-1)?.toolResults ?? [];
  const [found, printed, counted, none, several, all] = answers;
  expect(all).toContain("all of it");
  expect(found?.trim()).toBe("lines/seen.txt");
  expect(printed?.trim()).toBe("b\na");
  expect(counted?.trim()).toMatch(/^1 a\n\s+2 b$/);
  expect(none?.trim()).toBe("none");
  expect(several).toContain("B\nA\nB");
  const why = answers.slice(lines.length);
  const words = ['"awk"', '"w x"', '"b"', '".env" may not be read', '"/etc/hostname" is outside', '"*" may become'];
  for (const [index, word] of words.entries()) expect(why[index]).toContain(word);
  for (const answer of why) expect(answer).toContain("prevents you");
  expect(answers.join("\n")).not.toContain("[loop guard");
  expect(answers.join("\n")).not.toContain("SECRET");
});

contract("what mimir runs obeys no program that git is configured with", async (on) => {
  const { project } = on.sandbox;
  const folder = join(project, `repository-${on.backend}`);
  await mkdir(folder);
  const pwn = join(folder, "pwn");
  await $`git init -q && git -c user.name=n -c user.email=a@b commit -q --allow-empty -m first`.cwd(folder);
  await $`git config core.fsmonitor ${`touch ${pwn}; false`}`.cwd(folder);
  on.plan("look at it", { calls: [bash(`cd repository-${on.backend} && git status --short`)] }, (request) => ({
    text: request.toolResults.join(""),
  }));
  const [collected] = (await on.delegate([{ agent: "mimir", prompt: "look at it" }])).collected;
  expect(collected.status).toBe("done");
  expect(collected.result).not.toContain("refused");
  expect(await Bun.file(pwn).exists()).toBe(false);
});

contract("an agent runs on the model that its parent runs on, unless the spawn names another one", async (on) => {
  const agents = [{ prompt: "on the parent's" }, { prompt: "on the named", model: "scripted/model-a" }];
  const { collected } = await on.delegate(agents, { model: "scripted/model-b" });
  expect(collected).toEqual(agents.map(() => expect.objectContaining({ status: "done" })));
  expect(on.requestsFor("on the parent's").map(({ model }) => model)).toEqual(["model-b"]);
  expect(on.requestsFor("on the named").map(({ model }) => model)).toEqual(["model-a"]);
});

contract("what a native subagent of the agent does counts, and its text is not the agent's", async (on) => {
  const usage = { input: 100, output: 20 };
  on.plan("the helper's part", { calls: [bash("echo helped")], usage }, { text: "I have helped.", usage });
  const task = { description: "Helps", prompt: "the helper's part", subagent_type: "general" };
  on.plan("use a helper", { calls: [{ tool: "task", args: task }], usage }, { text: "All done.", usage });
  const [collected] = (await on.delegate([{ prompt: "use a helper" }])).collected;
  expect(collected).toMatchObject({ status: "done", result: "All done.", costUsd: 0.0012 });
  const { toolCallCount, tokens, costUsd, sessionId } = await on.record(collected.instanceId);
  expect([toolCallCount, tokens]).toMatchObject([2, { input: 400, output: 80 }]);
  expect(costUsd).toBeCloseTo(0.0012, 9);
  const { data: session } = await on.server.client.session.get({ path: { id: sessionId ?? "" } });
  // Its own plugin gives a process agent's session the title that people know.
  expect(session?.title).toBe(on.backend === "process" ? "thor: use a helper" : `bgr:thor:${collected.instanceId}`);
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
