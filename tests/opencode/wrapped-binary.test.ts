import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mayUnshare } from "../processes/may-unshare.ts";
import { startServer, type Server } from "../../scripts/scripted-host/opencode.ts";
import { OPENCODE, writeConfig } from "../../scripts/scripted-host/sandbox.ts";
import { treeMembers } from "../../src/processes/end-tree.ts";
import { systemProcessTable } from "../../src/processes/process-table.ts";
import { askServer, bash, collectSpawned, createRig, spawn, until, type Answer, type Rig } from "./rig.ts";

/** How the wrapper of this file starts opencode: a line of shell in which it is `"$@"`. */
const WRAPPERS = {
  waits: '"$@"; exit $?',
  "three in a row": `env A=1 nice -n 1 timeout 600 sh -c '"$0" "$@"; exit $?' "$@"; exit $?`,
  "puts it elsewhere": `
    exec 3<&0
    (setsid "$@" <&3 & echo $! >"$0.pid")
    while kill -0 "$(cat "$0.pid")" 2>/dev/null; do sleep 0.1; done`,
  "gives it numbers of its own": 'unshare --pid --fork --mount-proc "$@"; exit $?',
};
type Wrapper = keyof typeof WRAPPERS;

const BACKENDS = ["process", "warm"] as const;

let rig: Rig;
let binary: string;
let server: Server;
beforeAll(async () => {
  rig = await createRig();
  binary = join(rig.sandbox.root, "wrapper");
  await writeFile(binary, `#!/bin/sh\nset -- "${OPENCODE}" "$@"\n. "$0.how"\n`);
  await chmod(binary, 0o755);
  const scribe = { mode: "subagent", description: "Writes things down", prompt: "You are the scribe." };
  const options = { opencodeBinary: binary, warmIdleMs: 1000 };
  await writeConfig(rig.sandbox.project, rig.model.url, options, { agent: { scribe } });
  server = await startServer(rig.sandbox);
}, 180_000);
afterAll(async () => {
  await server.stop("SIGKILL");
  await rig.dispose();
});

let asked = 0;

/** Has Odin send a subagent out through the wrapper. */
async function delegate(wrapper: Wrapper, backend: string, prompt: string): Promise<Answer> {
  await writeFile(`${binary}.how`, WRAPPERS[wrapper]);
  const question = `The ${++asked}. question`;
  rig.plan(question, spawn({ agent: "scribe", backend, prompt }), collectSpawned());
  return (await askServer(server, rig.sandbox.project, question)).answers("bizar_collect")[0][0];
}

for (const backend of BACKENDS) {
  for (const wrapper of ["waits", "three in a row"] as const) {
    // A warm server, once started, serves the agents of the next wrapper as well.
    if (backend === "warm" && wrapper === "waits") continue;
    test(`below a wrapper that does not exec, an agent is an agent, and what it leaves is ended: ${wrapper} [${backend}]`, async () => {
      const prompt = `write, ${wrapper}, ${backend}`;
      rig.plan(prompt, { calls: [bash("env -i setsid sleep 4701 >/dev/null 2>&1 &")] }, { text: "written" });
      const collected = await delegate(wrapper, backend, prompt);
      expect(collected).toMatchObject({ status: "done", result: "written" });
      expect(rig.requestsFor(prompt)[0]?.system).toContain("You are the scribe.");
      expect(rig.requestsFor(prompt)[0]?.tools).not.toContain("bizar_spawn_background");
      expect(sleepers()).toEqual([]);
    }, 180_000);
  }
}

for (const backend of BACKENDS) {
  for (const wrapper of ["puts it elsewhere", "gives it numbers of its own"] as const) {
    const isHere = wrapper === "puts it elsewhere" || mayUnshare;
    test.skipIf(!isHere)(
      `an opencode that cannot prove its role says so, and ends: ${wrapper} [${backend}]`,
      async () => {
        // The server of the test before is to be gone.
        await until("no server runs", () => servers().length === 0);
        const prompt = `never, ${wrapper}, ${backend}`;
        const collected = await delegate(wrapper, backend, prompt);
        expect(collected).toMatchObject({ status: "failed", reason: "spawn_failed" });
        expect(collected.error).toContain("opencodeBinary");
        expect(collected.error).toContain(`process ${server.pid}, which asked for it,`);
        expect(rig.requestsFor(prompt).length).toBe(0);
        expect(treeMembers({ marker: collected.instanceId })).toEqual([]);
      },
      180_000,
    );
  }
}

test("wrapped agents of both backends end with a host that is killed", async () => {
  await writeFile(`${binary}.how`, WRAPPERS["three in a row"]);
  rig.plan("hang", { calls: [bash("env -i setsid sleep 4702 >/dev/null 2>&1 & sleep 4703")] });
  rig.plan("send two", spawn(...BACKENDS.map((backend) => ({ agent: "scribe", backend, prompt: "hang" }))));
  const answers = (await askServer(server, rig.sandbox.project, "send two")).answers("bizar_spawn_background");
  await until("both hang", () => sleepers().length === 4);
  await server.stop("SIGKILL");
  await until("nothing of them is left", () => sleepers().length === 0, 5000);
  for (const { instanceId } of answers) {
    await until("nor any process of them", () => treeMembers({ marker: instanceId }).length === 0);
  }
}, 180_000);

/** The servers of warm agents in this file's home: other tests have theirs at the same time. */
function servers(): number[] {
  const homes = systemProcessTable().values("HOME");
  return treeMembers({ marker: "wrm_" }).flatMap(({ pid }) => (homes.get(pid) === rig.sandbox.home ? pid : []));
}

function sleepers(): string[] {
  return systemProcessTable()
    .list()
    .flatMap(({ command }) => (/^sleep 470\d$/.test(command) ? command : []));
}
