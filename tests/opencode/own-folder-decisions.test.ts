import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { treeMembers } from "../../src/processes/end-tree.ts";
import { runGit, TEN_LINES } from "../workspace/git-rig.ts";
import { answerOf, decideOnPage, newSession, planAction, shown } from "./plan-rig.ts";
import { bash, collectSpawned, createRig, recordOf, serve, spawn, spawnedIds, until, type ServedRig } from "./rig.ts";

/** Each works in a directory that opencode does not know yet, all at once. */
const MANY_LIMIT_MS = 120_000;

let rig: ServedRig;
let session: string;
beforeAll(async () => {
  const created = await createRig({
    // The one always has a folder of its own, the other one where it is asked for.
    options: { isolateAgents: ["thor"], planOpenBrowser: "never", backend: "warm", minFreeMemoryMb: 0 },
  });
  const { project } = created.sandbox;
  runGit(["init", "-q", "-b", "main"], project);
  runGit(["config", "user.email", "user@example.org"], project);
  runGit(["config", "user.name", "User"], project);
  await writeFile(join(project, "lines.txt"), TEN_LINES);
  runGit(["add", "-A"], project);
  runGit(["commit", "-qm", "first"], project);
  rig = await serve(created);
  session = await newSession(rig);
}, 60_000);
afterAll(async () => await rig.dispose());

/** What the user sees who types this behind `/bizar`. */
async function typed(words: string): Promise<string> {
  return await answerOf(rig, session, "bizar", words);
}

/** Has Odin start thors, each with a bash line, and waits for those that end. */
async function started(lines: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  for (const [prompt, line] of Object.entries(lines)) rig.plan(prompt, { calls: [bash(line)] }, { text: "made" });
  const prompts = Object.keys(lines);
  const ask = `Start ${prompts.join(", ")}.`;
  rig.plan(ask, spawn(...prompts.map((prompt) => ({ agent: "thor", prompt }))));
  const ids = (await rig.ask(ask)).answers("bizar_spawn_background").map(({ instanceId }) => String(instanceId));
  await until(
    "they have ended, or hang",
    async () => {
      const records = await Promise.all(ids.map(async (instanceId) => await recordOf(rig, { instanceId })));
      return records.every(
        ({ status, instanceId }, index) =>
          status === "done" ||
          (lines[prompts[index]!]!.includes("sleep") &&
            treeMembers({ marker: instanceId }).some(({ command }) => command.startsWith("sleep"))),
      );
    },
    MANY_LIMIT_MS,
  );
  return Object.fromEntries(prompts.map((prompt, index) => [prompt, ids[index]!]));
}

const inProject = async (path: string) => await readFile(join(rig.sandbox.project, path), "utf8");

test("a user looks at an agent's changes, applies, keeps as a branch or discards them; what cannot be is said", async () => {
  const { project } = rig.sandbox;
  const ids = await started({
    "add a file": "printf 'by an agent\\n' > added.txt",
    "change line 5": "sed -i 's/^line 5$/AGENT/' lines.txt",
    "for a branch": "echo branch > branch.txt",
    "change nothing": "ls",
    "hang on": "echo half > half.txt; sleep 83",
  });
  const of = (prompt: string) => ids[prompt]!;
  const index = runGit(["ls-files", "-s"], project);

  const diff = await typed(`diff ${of("add a file").slice(-6)}`);
  expect(diff).toContain(`thor ${of("add a file")}: 1 file, +1 -0; they fit`);
  expect(diff).toContain("+by an agent");
  expect(existsSync(join(project, "added.txt"))).toBe(false);
  expect(await typed(`apply ${of("add a file")}`)).toContain("Applied to the files: 1 file, +1 -0. Nothing was staged");
  expect(await inProject("added.txt")).toBe("by an agent\n");
  await writeFile(join(project, "added.txt"), "mine now\n");
  expect(await typed(`apply ${of("add a file")}`)).toContain("had been applied before; nothing was changed");
  expect(await typed(`diff ${of("add a file")}`)).toContain("The changes were applied.");
  expect(await inProject("added.txt")).toBe("mine now\n");

  await writeFile(join(project, "lines.txt"), TEN_LINES.replace("line 5", "USER"));
  const clash = await typed(`apply ${of("change line 5")}`);
  expect(clash).toContain("Nothing was changed. Both changed the same places of: lines.txt.");
  expect(await inProject("lines.txt")).toBe(TEN_LINES.replace("line 5", "USER"));
  expect(await typed(`diff ${of("change line 5")}`)).toContain("they conflict in lines.txt");

  const branch = /bizar\/for-a-branch-\w{6}/.exec(await typed(`branch ${of("for a branch")}`))?.[0] ?? "none";
  expect(runGit(["show", `${branch}:branch.txt`], project)).toBe("branch");
  expect(await typed(`branch ${of("for a branch")}`)).toContain(branch);
  expect(runGit(["branch", "--format=%(refname:short)"], project).split("\n")).toEqual([branch, "main"]);
  expect(existsSync(join(project, "branch.txt"))).toBe(false);

  const { copy = "" } = (await recordOf(rig, { instanceId: of("change line 5") })).folder ?? {};
  expect(existsSync(copy)).toBe(true);
  expect(await typed(`discard ${of("change line 5")}`)).toContain("The folder and its changes are gone.");
  expect(existsSync(copy)).toBe(false);
  expect(await typed(`apply ${of("change line 5")}`)).toContain("were discarded");
  expect(await typed(`discard ${of("change line 5")}`)).toContain("are gone");

  expect(await typed(`diff ${of("change nothing")}`)).toContain("Nothing is changed.");
  expect(await typed(`apply ${of("change nothing")}`)).toContain("The agent has changed nothing.");
  expect(await typed(`diff ${of("hang on")}`)).toContain("+half");
  for (const action of ["apply", "branch", "discard"]) {
    expect(await typed(`${action} ${of("hang on")}`)).toContain("is at work in its folder");
  }
  expect(existsSync(join(project, "half.txt"))).toBe(false);
  await typed(`kill ${of("hang on")}`);
  expect(await typed(`apply ${of("hang on")}`)).toContain("Applied to the files: 1 file");
  expect(runGit(["ls-files", "-s"], project)).toBe(index);

  expect(await typed("apply bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV")).toContain("There is no agent");
  expect(await typed("discard")).toContain("/bizar discard <id>");
  expect(await typed("dif x")).toContain("Did you mean /bizar diff?");
  // As a message it is answered by the model, to which what an agent wrote is data.
  await rig.ask(`/bizar diff ${of("for a branch")}`);
  expect(rig.model.requests.at(-1)?.prompt).toMatch(/^The user ran `\/bizar diff[^]*It is data[^]*> \+branch/);
}, 240_000);

test("an agent of the shared folder has nothing to bring back, and Odin is told what cannot be", async () => {
  rig.plan("in the shared one", { text: "looked" });
  rig.plan("share", spawn({ agent: "mimir", prompt: "in the shared one" }), collectSpawned());
  const [{ instanceId }] = (await rig.ask("share")).answers("bizar_spawn_background");
  expect(await typed(`apply ${instanceId}`)).toContain("works in the shared folder");
  const wrong = [
    { instanceId, action: "apply" },
    { instanceId: "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV", action: "show" },
    { instanceId, action: "aply" },
  ];
  rig.plan("try what cannot be", { calls: wrong.map((args) => ({ tool: "bizar_changes", args })) });
  const answers = (await rig.ask("try what cannot be")).answers("bizar_changes");
  expect(answers.map(({ error }) => error)).toEqual([
    expect.stringContaining("works in the shared folder"),
    "instance not found",
    expect.stringContaining("aply"),
  ]);
}, 60_000);

const promptOf = (name: string) => `Do el_${name} of the plan links.`;
const tick = (name: string) => planAction("update_element", "links", { elementId: `el_${name}`, done: true });

test("of an approved plan each task has an agent in its own folder, and is ticked when its work is applied", async () => {
  const { project } = rig.sandbox;
  const tasks = ["table", "mail"];
  rig.plan("draw it", {
    calls: [
      planAction("draw", "links", {
        planTitle: "Links",
        elements: tasks.map((name, index) => ({ name, type: "task", title: `Make the ${name}`, x: index * 460, y: 0 })),
      }),
    ],
  });
  await rig.ask("draw it", { sessionId: session });
  await decideOnPage(rig, session, "links", "approved");
  for (const name of tasks) {
    const line = `ls; mkdir -p plans/mine && echo x > plans/mine/plan.json && echo ${name} > ${name}.txt`;
    rig.plan(
      promptOf(name),
      { calls: [planAction("get_canvas", "links"), bash(line)] },
      { calls: [planAction("add_comment", "links", { elementId: `el_${name}`, text: `${name} is under way` })] },
      { text: "made" },
    );
  }
  let ids: string[] = [];
  rig.plan(
    "do the plan",
    spawn(...tasks.map((name) => ({ agent: "thor", prompt: promptOf(name) }))),
    (request) => {
      ids = spawnedIds(request);
      return { calls: [{ tool: "bizar_collect", args: { instanceIds: ids } }] };
    },
    () => ({ calls: [{ tool: "bizar_changes", args: { instanceId: ids[0], action: "apply" } }, tick("table")] }),
    () => ({ calls: [{ tool: "bizar_changes", args: { instanceId: ids[1], action: "apply" } }, tick("mail")] }),
  );
  const done = await rig.ask("do the plan", { sessionId: session });
  const [collected] = done.answers("bizar_collect");
  for (const { status, changes } of collected) {
    expect({ status, changes }).toMatchObject({ status: "done", changes: { files: 1, applies: "clean" } });
  }
  for (const [index, name] of tasks.entries()) {
    expect(await inProject(`${name}.txt`)).toBe(`${name}\n`);
    const [, second, third] = rig.requestsFor(promptOf(name));
    // The caller's plan, and a folder that has none.
    expect(second?.toolResults[0]).toContain("Make the mail");
    expect(second?.toolResults[1]).not.toContain("plans");
    expect(JSON.parse(third?.toolResults.at(-1) ?? "{}")).toMatchObject({ ok: true });
    expect(done.answers("bizar_changes")[index].message).toContain("Applied");
  }
  const plan = JSON.parse(await inProject("plans/links/plan.json"));
  expect(plan.elements.map(({ done: isDone }: { done?: boolean }) => isDone)).toEqual([true, true]);
  expect(JSON.stringify(plan.comments)).toContain("mail is under way");
  expect(existsSync(join(project, "plans/mine"))).toBe(false);
  // A tick is no change of what was approved.
  expect(await answerOf(rig, session, "plan", "status links")).toContain("approved");
  expect((await shown(rig, session)).join("\n")).not.toContain("undefined");
}, 120_000);
