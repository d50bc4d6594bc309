import { expect } from "bun:test";
import { readFile } from "node:fs/promises";
import { systemProcessTable } from "../../../src/processes/process-table.ts";
import { bash, until } from "../rig.ts";
import { BACKENDS, onBothBackends } from "./on-both-backends.ts";

const contract = onBothBackends();

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
    const log = await readFile(spawned[0].logPath, "utf8");
    for (const sleep of sleeps) expect(log).toContain(`ended what the agent left running: ${sleep} (pid`);
  },
);

contract("what has cleared its environment is ended with a killed agent", async (on) => {
  const { command, left, allRun } = strays(on);
  on.plan("daemons and a wait", { calls: [bash(command)] }, { calls: [bash("sleep 97")] });
  const { instanceId } = await on.start({ prompt: "daemons and a wait" });
  await allRun();
  expect(await on.call("bizar_kill", { instanceId })).toEqual({ instanceId, status: "killed" });
  expect(left()).toEqual([]);
});
