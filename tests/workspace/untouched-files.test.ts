import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { treeChanges } from "../../src/workspace/tree-changes.ts";
import { areUntouched } from "../../src/workspace/untouched-files.ts";
import { Workspace } from "../../src/workspace/workspace.ts";
import { gitRig, TEN_LINES, value, type AgentRig, type GitRig } from "./git-rig.ts";

interface Meeting {
  readonly agent: (agent: AgentRig) => void;
  readonly user: (rig: GitRig) => void;
  /** Whether it is known without git that they fit. */
  readonly isUntouched: boolean;
  /** What is told of them. */
  readonly applies: "clean" | readonly string[];
}

const edits = (agent: AgentRig) => agent.write("d/one.txt", "by the agent\n");
const adds = (agent: AgentRig) => agent.write("d/new.txt", "new\n");
const removes = (agent: AgentRig) => unlinkSync(agent.path("d/one.txt"));
const runs = (agent: AgentRig) => chmodSync(agent.path("d/one.txt"), 0o755);
const links = (agent: AgentRig) => (unlinkSync(agent.path("link")), symlinkSync("d/one.txt", agent.path("link")));

/** What an agent does, and the user meanwhile. */
const MEETINGS: Readonly<Record<string, Meeting>> = {
  "elsewhere in the tree": {
    agent: edits,
    user: (rig) => (rig.write("a.txt", "other\n"), rig.write("d/two.txt", "other\n"), rig.write("more.txt", "more\n")),
    ...{ isUntouched: true, applies: "clean" },
  },
  "in other lines of the same file": {
    agent: (agent) => agent.write("a.txt", TEN_LINES.replace("line 1\n", "first\n")),
    user: (rig) => rig.write("a.txt", TEN_LINES.replace("line 10\n", "last\n")),
    ...{ isUntouched: false, applies: "clean" },
  },
  "in the same line, with as many letters": {
    agent: edits,
    user: (rig) => rig.write("d/one.txt", "ONE\n"),
    ...{ isUntouched: false, applies: ["d/one.txt"] },
  },
  "the file has gone": {
    agent: edits,
    user: (rig) => unlinkSync(join(rig.project, "d/one.txt")),
    ...{ isUntouched: false, applies: ["d/one.txt"] },
  },
  "the file has another name": {
    agent: edits,
    user: (rig) => renameSync(join(rig.project, "d/one.txt"), join(rig.project, "d/uno.txt")),
    ...{ isUntouched: false, applies: "clean" },
  },
  "the folder of a new file has another name": {
    agent: adds,
    user: (rig) => renameSync(join(rig.project, "d"), join(rig.project, "e")),
    ...{ isUntouched: false, applies: ["e/new.txt"] },
  },
  "a new file beside new ones": {
    agent: adds,
    user: (rig) => rig.write("d/newer.txt", "newer\n"),
    ...{ isUntouched: true, applies: "clean" },
  },
  "both make a file of that name": {
    agent: adds,
    user: (rig) => rig.write("d/new.txt", "of the user\n"),
    ...{ isUntouched: false, applies: ["d/new.txt"] },
  },
  "a folder lies where a file is to come": {
    agent: adds,
    user: (rig) => rig.write("d/new.txt/inner.txt", "inner\n"),
    ...{ isUntouched: false, applies: ["d/new.txt"] },
  },
  "a file removed that is as it was": {
    agent: removes,
    user: (rig) => rig.write("a.txt", "other\n"),
    ...{ isUntouched: true, applies: "clean" },
  },
  "a file removed that the user works on": {
    agent: removes,
    user: (rig) => rig.write("d/one.txt", "of the user\n"),
    ...{ isUntouched: false, applies: ["d/one.txt"] },
  },
  "a folder that is moved while a file comes into it": {
    agent: (agent) => renameSync(agent.path("d"), agent.path("e")),
    user: (rig) => rig.write("d/newer.txt", "newer\n"),
    ...{ isUntouched: false, applies: ["e/newer.txt"] },
  },
  "a program made of it, and the user has done the same": {
    agent: runs,
    user: (rig) => chmodSync(join(rig.project, "d/one.txt"), 0o755),
    ...{ isUntouched: false, applies: "clean" },
  },
  "a program made of it, which it was not": {
    agent: runs,
    user: () => undefined,
    ...{ isUntouched: true, applies: "clean" },
  },
  "a link led elsewhere": { agent: links, user: () => undefined, ...{ isUntouched: true, applies: "clean" } },
  "a link that both lead elsewhere": {
    agent: links,
    user: (rig) => (unlinkSync(join(rig.project, "link")), symlinkSync("more.txt", join(rig.project, "link"))),
    ...{ isUntouched: false, applies: ["link"] },
  },
  "the folder is a link to one of the same files": {
    agent: edits,
    user: (rig) => {
      renameSync(join(rig.project, "d"), join(rig.project, "moved"));
      symlinkSync("moved", join(rig.project, "d"));
    },
    ...{ isUntouched: false, applies: "clean" },
  },
  "line ends that git alone knows of": {
    agent: edits,
    user: (rig) => (rig.git(["config", "core.autocrlf", "true"]), rig.write("d/one.txt", "one\r\n")),
    ...{ isUntouched: false, applies: "clean" },
  },
};

for (const [name, { agent: work, user, isUntouched, applies }] of Object.entries(MEETINGS)) {
  test(`whether changes fit: ${name}`, async () => {
    const rig = gitRig();
    rig.write("d/one.txt", "one\n");
    rig.write("d/two.txt", "two\n");
    symlinkSync("a.txt", join(rig.project, "link"));
    const workspace = new Workspace(rig.parts);
    const agent = await rig.agent();
    work(agent);
    value(await workspace.finish(agent.instanceId));
    user(rig);
    const found = value(await workspace.judge(agent.instanceId));
    const { commonDir, baseTree, resultTree } = found!.state;
    const changes = value(await treeChanges({ cwd: commonDir, gitDir: commonDir }, baseTree, resultTree!));
    expect(await areUntouched(rig.project, changes)).toBe(isUntouched);
    const said: unknown = found?.changes?.applies;
    expect(said).toEqual(applies);
    // What was said is what comes of it.
    const applied = await workspace.apply(agent.instanceId);
    const came: unknown = applied.ok ? "clean" : applied.files;
    expect(came).toEqual(applies);
  });
}

test("what cannot be read, is not there or is a repository of its own is a matter for git", async () => {
  const rig = gitRig();
  rig.write("d/one.txt", "one\n");
  const agent = await rig.agent();
  edits(agent);
  const workspace = new Workspace(rig.parts);
  value(await workspace.finish(agent.instanceId));
  const { commonDir, baseTree, resultTree } = value(await workspace.judge(agent.instanceId))!.state;
  const changes = value(await treeChanges({ cwd: commonDir, gitDir: commonDir }, baseTree, resultTree!));
  expect(await areUntouched(rig.project, changes)).toBe(true);
  expect(await areUntouched(join(rig.project, "gone"), changes)).toBe(false);
  const bad = changes.map((change) => ({ ...change, path: `d/one\uFFFD.txt` }));
  expect(await areUntouched(rig.project, bad)).toBe(false);
  expect(
    await areUntouched(
      rig.project,
      Array.from({ length: 201 }, () => changes[0]!),
    ),
  ).toBe(false);
  mkdirSync(join(rig.project, "d/.git"));
  expect(await areUntouched(rig.project, changes)).toBe(false);
  rmSync(join(rig.project, "d/.git"), { recursive: true });
  expect(await areUntouched(rig.project, changes)).toBe(true);
});
