import { expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyChanges } from "../../src/workspace/apply-changes.ts";
import { expireFolder, finishTurn } from "../../src/workspace/own-folders.ts";
import { updateCopy } from "../../src/workspace/update-copy.ts";
import { Workspace } from "../../src/workspace/workspace.ts";
import { until } from "../until.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { gitRig, runGit, TEN_LINES, value, type AgentRig, type GitRig } from "./git-rig.ts";

type Action = "apply" | "branch" | "update" | "discard";

const fixture = (name: string) => join(import.meta.dir, "../fixtures", name);

/** Starts a process that decides on an agent's changes. */
function decide(
  { parts }: GitRig,
  { instanceId }: { readonly instanceId: string },
  action: Action | "finish",
  env: object = {},
) {
  const program = [process.execPath, fixture("decides-on-changes.ts"), parts.states.folder, instanceId, action];
  return Bun.spawn(program, { env: { ...process.env, ...env }, stdout: "pipe", stderr: "inherit" });
}

/** The environment in which a process dies at its nth command of git that writes. */
function dying(at: number) {
  const bin = temporaryFolder();
  copyFileSync(fixture("dies-over-git.sh"), join(bin, "git"));
  const git = { DIES_GIT: Bun.which("git") ?? "", DIES_COUNT: join(bin, "count"), DIES_AT: String(at) };
  return { ...git, PATH: `${bin}:${process.env["PATH"]}` };
}

const AGENTS = TEN_LINES.replace("line 1\n", "agent\n");
const USERS = TEN_LINES.replace("line 10\n", "user\n");

/** An agent that has changed a file, made one and deleted one, and a user who has changed the first one meanwhile. */
async function worked(): Promise<{ readonly rig: GitRig; readonly agent: AgentRig }> {
  const rig = gitRig();
  rig.write("old.txt", "old");
  const agent = await rig.agent("the task");
  agent.write("a.txt", AGENTS);
  agent.write("new/b.txt", "b");
  rmSync(agent.path("old.txt"));
  value(await finishTurn(rig.parts, agent.instanceId));
  rig.write("a.txt", USERS);
  return { rig, agent };
}

/** Does the rest of what a process has died over, and says what stands there then. */
const outcomes: Record<Action, (rig: GitRig, agent: AgentRig) => Promise<unknown>> = {
  async apply(rig, { instanceId }) {
    value(await applyChanges(rig.parts, instanceId));
    expect(value(await applyChanges(rig.parts, instanceId)).isRepeated).toBe(true);
    expect((await new Workspace(rig.parts).sweep(async () => true)).failed).toEqual([]);
    expect(existsSync(rig.parts.states.homeOf(instanceId)) && readdirSync(rig.parts.states.homeOf(instanceId))).toEqual(
      ["changes.patch"],
    );
    return [rig.read("a.txt"), rig.read("new/b.txt"), existsSync(join(rig.project, "old.txt"))];
  },
  async branch(rig, { instanceId }) {
    const { branch } = value(await new Workspace(rig.parts).branch(instanceId));
    expect(rig.git(["for-each-ref", "--format=%(refname:short)", "refs/heads"]).split("\n")).toEqual([branch, "main"]);
    return [rig.git(["diff", "--name-status", "main", branch]), rig.git(["show", `${branch}:a.txt`])];
  },
  async update(rig, agent) {
    value(await updateCopy(rig.parts, agent.instanceId));
    const changes = value(await finishTurn(rig.parts, agent.instanceId));
    return [agent.read("a.txt"), agent.read("new/b.txt"), changes?.files, changes?.applies, rig.read("a.txt")];
  },
  async discard(rig, { instanceId }) {
    value(await new Workspace(rig.parts).discard(instanceId));
    expect(await applyChanges(rig.parts, instanceId)).toMatchObject({ ok: false, reason: "nothing_to_do" });
    return [existsSync(rig.parts.states.homeOf(instanceId)), rig.git(["for-each-ref", "refs/bizar"])];
  },
};

test.each(Object.keys(outcomes) as Action[])(
  "wherever a process dies over %s, the next one brings it to the end that it would have had",
  async (action) => {
    const found: unknown[] = [];
    for (let at = 1, isOver = false; !isOver; at++) {
      const { rig, agent } = await worked();
      const before = rig.git(["ls-files", "-s"]);
      const child = decide(rig, agent, action, dying(at));
      await child.exited;
      isOver = child.signalCode === null;
      if (isOver) expect(JSON.parse(await child.stdout.text()).ok).toBe(true);
      expect(rig.git(["ls-files", "-s"])).toBe(before);
      // Whoever looks meanwhile takes no half of it for the agent's work.
      if (action === "update") {
        const seen = value(await new Workspace(rig.parts).look(agent.instanceId));
        expect(seen?.changes).toMatchObject({ files: 3, insertions: 2, deletions: 2 });
      }
      found.push(await outcomes[action](rig, agent));
      expect(readdirSync(join(rig.project, ".git")).filter((name) => name.startsWith("bizar-"))).toEqual([]);
      const copies = action === "apply" || action === "discard" ? 0 : 1;
      expect(rig.git(["worktree", "list"]).split("\n")).toHaveLength(1 + copies);
    }
    expect(found.length).toBeGreaterThan(1);
    for (const one of found) expect(one).toEqual(found.at(-1));
  },
  60_000,
);

const MANY = 400;
const MANY_LIMIT_MS = 30_000;

test(
  "one who dies while files are put leaves each as it was or as it is to be, and the next one puts the rest",
  async () => {
    const rig = gitRig();
    const names = Array.from({ length: MANY }, (_, index) => `many/${index}.txt`);
    for (const name of names) rig.write(name, "before");
    const agent = await rig.agent();
    for (const name of names) agent.write(name, "after");
    value(await finishTurn(rig.parts, agent.instanceId));
    const child = decide(rig, agent, "apply");
    await until("the first file is put", () => names.some((name) => rig.read(name) === "after"));
    child.kill("SIGKILL");
    await child.exited;
    const found = new Set(names.map((name) => rig.read(name)));
    expect([...found].every((text) => text === "before" || text === "after")).toBe(true);
    value(await applyChanges(rig.parts, agent.instanceId));
    expect(names.filter((name) => rig.read(name) !== "after")).toEqual([]);
  },
  MANY_LIMIT_MS,
);

test(
  "half a copy, whose removal somebody has died over, is never taken for what its agent has done",
  async () => {
    const rig = gitRig();
    const names = Array.from({ length: MANY }, (_, index) => `many/${index}.txt`);
    for (const name of names) rig.write(name, "there");
    const [discarded, empty] = [await rig.agent(), await rig.agent()];
    discarded.write("b.txt", "b");
    value(await finishTurn(rig.parts, discarded.instanceId));
    const dies: readonly (readonly [AgentRig, Action | "finish"])[] = [
      [discarded, "discard"],
      [empty, "finish"],
    ];
    for (const [agent, action] of dies) {
      const child = decide(rig, agent, action);
      await until("a file of the copy has gone", () => names.some((name) => !existsSync(agent.path(name))));
      child.kill("SIGKILL");
      await child.exited;
    }
    const first = value(await new Workspace(rig.parts).look(discarded.instanceId));
    if (first?.changes !== undefined) expect(first.changes).toMatchObject({ files: 1, deletions: 0 });
    expect(value(await finishTurn(rig.parts, empty.instanceId))).toBeNull();
    const swept = await new Workspace(rig.parts).sweep(async () => true);
    expect(swept.failed).toEqual([]);
    const left = [discarded, empty].map(({ instanceId }) => rig.parts.states.homeOf(instanceId));
    for (const home of left) {
      expect(existsSync(home) ? readdirSync(home).filter((name) => name.endsWith(".going")) : []).toEqual([]);
    }
    expect(names.every((name) => rig.read(name) === "there")).toBe(true);
  },
  MANY_LIMIT_MS,
);

test("an update that something in the copy is in the way of touches nothing, and what can be decided stays so", async () => {
  const rig = gitRig();
  rig.write(".gitignore", "out/\n");
  const agent = await rig.agent();
  agent.write("out/x.txt", "built by the agent");
  agent.write("b.txt", "b");
  value(await finishTurn(rig.parts, agent.instanceId));
  rig.write(".gitignore", "");
  rig.write("out/x.txt", "the user's");
  expect(await updateCopy(rig.parts, agent.instanceId)).toMatchObject({ reason: "conflict", files: ["out/x.txt"] });
  expect(agent.read("out/x.txt")).toBe("built by the agent");
  value(await applyChanges(rig.parts, agent.instanceId));
  expect([rig.read("b.txt"), rig.read("out/x.txt")]).toEqual(["b", "the user's"]);
});

test("a repository that is not there now keeps what was taken down: its disk may come back", async () => {
  const rig = gitRig();
  const agent = await rig.agent();
  agent.write("b.txt", "work");
  value(await finishTurn(rig.parts, agent.instanceId));
  const away = `${rig.project}-away`;
  runGit(["init", "-q", "other"], temporaryFolder());
  Bun.spawnSync(["mv", rig.project, away]);
  value(await expireFolder(rig.parts, agent.instanceId));
  expect(existsSync(agent.state.copy)).toBe(false);
  Bun.spawnSync(["mv", away, rig.project]);
  value(await applyChanges(rig.parts, agent.instanceId));
  expect(rig.read("b.txt")).toBe("work");
});

test("one folder that cannot be removed does not keep the others from it", async () => {
  const rig = gitRig();
  const [broken, fine] = [await rig.agent(), await rig.agent()];
  // Its index is no index.
  writeFileSync(join(broken.state.copyGitDir ?? "", "index"), "broken");
  broken.write("b.txt", "work");
  mkdirSync(fine.path("empty"));
  const clock = { ...rig.parts.clock, now: () => Date.now() + 86_400_000 };
  const swept = await new Workspace({ ...rig.parts, clock }).sweep(async () => false);
  expect(swept.removed).toEqual([rig.parts.states.homeOf(fine.instanceId)]);
  expect(swept.failed).toEqual([expect.stringContaining(broken.instanceId)]);
  expect(broken.read("b.txt")).toBe("work");
});

test("a file keeps the rights that it had, where git knows nothing of them", async () => {
  const rig = gitRig();
  rig.git(["config", "core.fileMode", "false"]);
  rig.write("secret.txt", "1", 0o600);
  rig.write("run.sh", "1", 0o750);
  const agent = await rig.agent();
  for (const name of ["secret.txt", "run.sh"]) agent.write(name, "2");
  value(await finishTurn(rig.parts, agent.instanceId));
  value(await applyChanges(rig.parts, agent.instanceId));
  const modes = ["secret.txt", "run.sh"].map((name) => statSync(join(rig.project, name)).mode & 0o777);
  expect(modes).toEqual([0o600, 0o750]);
});
