import { expect } from "bun:test";
import { readFile } from "node:fs/promises";
import { systemProcessTable } from "../../../src/processes/process-table.ts";
import { bash, until } from "../rig.ts";
import { BACKENDS, onBothBackends } from "./on-both-backends.ts";

// What ends with a server would go on in the next one.
const contract = onBothBackends({ options: { autoContinue: 0 } });

let next = 0;

/** Commands that leave something running that nothing of its environment, session or parents leads to. */
function strays(on: { readonly backend: string }) {
  const base = 4000 + 100 * BACKENDS.findIndex((name) => name === on.backend) + 10 * next++;
  const sleeps = [1, 2, 3, 4, 5].map((each) => `sleep ${base + each}`);
  const [a, b, c, d, e] = sleeps;
  const command = [
    `env -i setsid ${a} >/dev/null 2>&1 &`,
    `(env -i ${b} >/dev/null 2>&1 &)`,
    `env -i sh -c '(setsid ${c} &) &' >/dev/null 2>&1`,
    `env -i nohup ${d} >/dev/null 2>&1 &`,
    `env -i setsid sh -c 'cd /; (${e} &) & exit' </dev/null >/dev/null 2>&1`,
  ].join("\n");
  const left = () =>
    systemProcessTable()
      .list()
      .flatMap(({ command: found }) => (sleeps.includes(found) ? found : []))
      .toSorted();
  return { command, sleeps, left, allRun: async () => await until("all of them run", () => left().length === 5) };
}

contract(
  "what has cleared its environment is ended when its agent is done, and the log says what it was",
  async (on) => {
    const { command, sleeps, left } = strays(on);
    on.plan("daemons", { calls: [bash(command)] }, { text: "left them" });
    const { spawned, collected } = await on.delegate([{ prompt: "daemons" }]);
    expect(collected).toEqual([expect.objectContaining({ status: "done", result: "left them" })]);
    expect(left()).toEqual([]);
    const log = await readFile((await on.record(spawned[0].instanceId)).logPath, "utf8");
    for (const sleep of sleeps) expect(log).toContain(`ended what the agent left running: ${sleep} (pid`);
  },
);

contract("and with a killed agent, also where the bash of a native subagent has left it", async (on) => {
  const { command, left, allRun } = strays(on);
  on.plan("the helper's daemons", { calls: [bash(command)] }, { text: "left them" });
  const task = { description: "Helps", prompt: "the helper's daemons", subagent_type: "general" };
  on.plan("daemons of a helper", { calls: [{ tool: "task", args: task }] }, { calls: [bash("sleep 97")] });
  const { instanceId } = await on.start({ prompt: "daemons of a helper" });
  await allRun();
  expect(await on.call("bizar_kill", { instanceId })).toEqual({ instanceId, status: "killed" });
  expect(left()).toEqual([]);
});

contract("300 short orphans later the agent's bash is as sound as before", async (on) => {
  const orphans = "i=0; while [ $i -lt 300 ]; do (env -i true &); i=$((i+1)); done; echo made";
  const calls = [bash("echo fine; exit 3"), bash("echo also fine")];
  on.plan("orphans", { calls: [bash(orphans)] }, { calls }, (request) => ({ text: request.toolResults.join("|") }));
  const [{ instanceId, status, result }] = (await on.delegate([{ prompt: "orphans" }])).collected;
  expect({ status, result }).toMatchObject({
    status: "done",
    result: expect.stringMatching(/^made[^]*fine[^]*also fine/),
  });
  const { process: agent } = await on.record(instanceId);
  const zombies = () =>
    systemProcessTable()
      .list()
      .filter((row) => row.isZombie && row.parentPid === agent?.pid);
  // The server of warm agents lives on.
  await until("none of them waits to be collected", () => zombies().length === 0);
});

contract("when its own opencode is killed from outside it has failed, and what was seen of it is ended", async (on) => {
  const { command, left, allRun } = strays(on);
  on.plan("daemons, and then killed", { calls: [bash(command)] }, async () => {
    await allRun();
    return { calls: [bash("env -i setsid sleep 97")] };
  });
  const { instanceId } = await on.start({ prompt: "daemons, and then killed" });
  await until("its second command runs", async () => (await on.record(instanceId)).toolCallCount === 2);
  const killed = (await on.record(instanceId)).process?.pid ?? expect.unreachable("it has a process");
  process.kill(killed, "SIGKILL");
  await until("its record says so", async () => (await on.record(instanceId)).endedAt !== null);
  expect((await on.record(instanceId)).status).toBe("failed");
  expect(left()).toEqual([]);
});

contract(
  "an agent that is done takes nothing along that another one has left",
  async (on) => {
    const [mine, others] = [strays(on), strays(on)];
    const done = Promise.withResolvers<void>();
    on.plan("a neighbour", { calls: [bash(others.command)] }, async () => {
      await done.promise;
      return { text: `${others.left().length} of mine are there yet` };
    });
    const neighbour = await on.start({ prompt: "a neighbour" });
    await others.allRun();
    on.plan("passes by", { calls: [bash(mine.command)] }, { text: "done" });
    expect((await on.delegate([{ prompt: "passes by" }])).collected).toMatchObject([{ status: "done" }]);
    expect(mine.left()).toEqual([]);
    done.resolve();
    const { instanceId } = neighbour;
    expect(await on.call("bizar_collect", { instanceId })).toMatchObject({ result: "5 of mine are there yet" });
    expect(others.left()).toEqual([]);
  },
  180_000,
);
