import { afterAll, expect, test } from "bun:test";
import { chmod, readdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "../../scripts/scripted-host/opencode.ts";
import { treeMembers } from "../../src/processes/end-tree.ts";
import { runGit } from "../workspace/git-rig.ts";
import { BACKENDS } from "./contract/on-both-backends.ts";
import { answerOf, newSession } from "./plan-rig.ts";
import { askServer, bash, createRig, recordOf, spawn, until, type Rig, type ServedRig } from "./rig.ts";

let rig: Rig;
afterAll(async () => await rig.dispose());

/** What an agent is about when opencode is killed. */
const ENDS = ["applied", "being applied", "at work"] as const;

/**
 * Puts a git before the real one that waits, while a file is there, before it writes the files of an apply.
 *
 * @returns that file; with `.reached` behind its name it says that an apply waits
 */
async function holdingApplies(): Promise<string> {
  const { root, environment } = rig.sandbox;
  const hold = join(root, "hold");
  const script = `#!/bin/sh
case " $* " in *" checkout-index "*)
  if [ -e '${hold}' ]; then touch '${hold}.reached'; while [ -e '${hold}' ]; do sleep 0.05; done; exit 1; fi ;;
esac
exec '${Bun.which("git")}' "$@"
`;
  await writeFile(join(root, "git"), script);
  await chmod(join(root, "git"), 0o755);
  environment["PATH"] = `${root}:${environment["PATH"]}`;
  return hold;
}

function fileOf({ prompt }: { readonly prompt: string }): string {
  return `${prompt.replaceAll(" ", "-")}.txt`;
}

test("opencode is killed, also in the middle of an apply: each agent's work is there, and goes in once", async () => {
  rig = await createRig({ options: { maxConcurrentInstances: 8, minFreeMemoryMb: 0 } });
  const { project, stateDir } = rig.sandbox;
  runGit(["init", "-q", "-b", "main"], project);
  runGit(["add", "-A"], project);
  runGit(["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "first"], project);
  const hold = await holdingApplies();
  const agents = BACKENDS.flatMap((backend) => ENDS.map((end) => ({ backend, end, prompt: `${end} on ${backend}` })));
  for (const agent of agents) {
    const hangs = agent.end === "at work" ? "; sleep 84" : "";
    rig.plan(agent.prompt, { calls: [bash(`echo '${agent.prompt}' > ${fileOf(agent)}${hangs}`)] }, { text: "made" });
  }
  rig.plan(
    "spawn all",
    spawn(...agents.map(({ backend, prompt }) => ({ agent: "thor", backend, prompt, isolation: "worktree" }))),
    { text: "under way" },
  );
  const first = { ...rig, server: await startServer(rig.sandbox) } as ServedRig;
  const spawned = (await askServer(first.server, project, "spawn all")).answers("bizar_spawn_background");
  const known = agents.map((agent, index) => ({ ...agent, instanceId: spawned[index].instanceId as string }));
  await until(
    "each is as far as it is to be",
    async () => {
      const records = await Promise.all(known.map(async (agent) => await recordOf(rig, agent)));
      return records.every(({ status, folder }, index) => {
        const agent = known[index]!;
        return agent.end === "at work" ? existsSync(join(folder?.copy ?? "", fileOf(agent))) : status === "done";
      });
    },
    120_000,
  );
  const session = await newSession(first);
  const being = known.filter(({ end }) => end === "being applied");
  for (const { instanceId } of known.filter(({ end }) => end === "applied")) {
    expect(await answerOf(first, session, "bizar", `apply ${instanceId}`)).toContain("Applied to the files: 1 file");
  }
  await writeFile(hold, "");
  const [held] = being;
  const applying = answerOf(first, session, "bizar", `apply ${held?.instanceId}`).catch(() => undefined);
  await until("an apply is in its middle", () => existsSync(`${hold}.reached`));
  await first.server.stop("SIGKILL");
  await applying;
  await rm(hold);

  const second = { ...rig, server: await startServer(rig.sandbox) } as ServedRig;
  rig.plan("what became of them", { calls: [{ tool: "bizar_status", args: { all: true } }] }, (request) => ({
    calls: [{ tool: "bizar_collect", args: { instanceIds: known.map(({ instanceId }) => instanceId) } }],
    text: String(request.step),
  }));
  const [collected] = (await askServer(second.server, project, "what became of them")).answers("bizar_collect");
  for (const [index, { end }] of known.entries()) {
    const changes = end === "applied" ? "applied" : expect.objectContaining({ files: 1, applies: "clean" });
    const status = end === "at work" ? "failed" : "done";
    expect(collected[index]).toMatchObject({ status, changes });
  }
  expect(known.flatMap(({ instanceId }) => treeMembers({ marker: instanceId }))).toEqual([]);
  const again = await newSession(second);
  for (const { end, instanceId } of known) {
    const answer = await answerOf(second, again, "bizar", `apply ${instanceId}`);
    expect(answer).toContain(end === "applied" ? "had been applied before" : "Applied to the files: 1 file, +1 -0");
    expect(await answerOf(second, again, "bizar", `apply ${instanceId}`)).toContain("had been applied before");
  }
  for (const agent of known) expect(await Bun.file(join(project, fileOf(agent))).text()).toBe(`${agent.prompt}\n`);
  // opencode adds a line to its own configuration (1.18.33).
  const changed = runGit(["status", "--porcelain"], project)
    .split("\n")
    .filter((line) => !line.endsWith("opencode.json"));
  expect(changed.toSorted()).toEqual(known.map((agent) => `?? ${fileOf(agent)}`).toSorted());
  expect(runGit(["worktree", "list"], project).split("\n")).toHaveLength(1);
  expect((await readdir(join(project, ".git"))).filter((name) => name.startsWith("bizar-"))).toEqual([]);
  const folders = (await readdir(join(stateDir, "worktrees"))).filter((name) => name.startsWith("bgr_"));
  const withRecord = (name: string) => existsSync(join(stateDir, "bg", `${name.replace(/\.json$/, "")}.json`));
  expect(folders.filter((name) => !withRecord(name))).toEqual([]);
  const copies = folders.filter((name) => !name.endsWith(".json"));
  for (const name of copies) expect(await readdir(join(stateDir, "worktrees", name))).toEqual(["changes.patch"]);
  await second.server.stop();
}, 300_000);
