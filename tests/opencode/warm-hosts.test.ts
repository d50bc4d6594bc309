import { afterEach, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startServer, type Server } from "../../scripts/scripted-host/opencode.ts";
import { writeConfig } from "../../scripts/scripted-host/sandbox.ts";
import { treeMembers } from "../../src/processes/end-tree.ts";
import { systemProcessTable } from "../../src/processes/process-table.ts";
import { askServer, bash, createRig, recordOf, spawn, until, type Answer, type Rig } from "./rig.ts";

let rig: Rig;
let hosts: Server[] = [];
afterEach(async () => {
  for (const host of hosts) await host.stop();
  hosts = [];
  await rig.dispose();
});

function lives(pid: number): boolean {
  return systemProcessTable().find(pid)?.isZombie === false;
}

function tools({ instanceId }: Answer): string[] {
  return treeMembers({ marker: instanceId }).map(({ command }) => command);
}

test("two hosts in two directories have a server each; when one is killed its server goes, and the other's agent works on", async () => {
  rig = await createRig();
  const options = { backend: "warm" };
  const folders = await Promise.all(
    ["north", "south"].map(async (name) => {
      const folder = join(rig.sandbox.root, name);
      await mkdir(folder);
      await writeConfig(folder, rig.model.url, options);
      return folder;
    }),
  );
  const spawned: Answer[] = [];
  for (const [index, project] of folders.entries()) {
    const host = await startServer({ ...rig.sandbox, project });
    hosts.push(host);
    rig.plan(`work ${index}`, { calls: [bash(`pwd; until [ -e go ]; do sleep 0.1; done; : ${index}`)] }, (request) => ({
      text: request.toolResults.join("").trim(),
    }));
    rig.plan(`delegate ${index}`, spawn({ agent: "thor", prompt: `work ${index}` }));
    spawned.push((await askServer(host, project, `delegate ${index}`)).answers("bizar_spawn_background")[0]);
    await until("its command runs", () => tools(spawned[index]).length > 0);
  }
  const [killed, other] = spawned;
  const pids = await Promise.all(spawned.map(async (agent) => (await recordOf(rig, agent)).process?.pid ?? 0));
  const [killedPid = 0, otherPid = 0] = pids;
  expect(killedPid).not.toBe(otherPid);
  await hosts.shift()?.stop("SIGKILL");
  await until("all of the killed one's is gone", () => !lives(killedPid) && tools(killed).length === 0, 5000);
  expect([lives(otherPid), tools(other).length > 0]).toEqual([true, true]);
  await Bun.write(join(folders[1] ?? "", "go"), "");
  rig.plan("collect", { calls: [{ tool: "bizar_collect", args: { instanceId: other.instanceId } }] });
  const [host] = hosts;
  const [collected] = (await askServer(host as Server, folders[1] ?? "", "collect")).answers("bizar_collect");
  expect(collected).toMatchObject({ status: "done", result: folders[1] });
}, 180_000);
