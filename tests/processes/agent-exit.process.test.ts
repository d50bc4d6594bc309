import { expect, test } from "bun:test";
import { join } from "node:path";
import { defaultGuard } from "../../scripts/scripted-host/guard-settings.ts";
import { markerOf, type AgentRole } from "../../src/agent-role/role.ts";
import { parseTreeReport } from "../../src/agent-role/tree-report.ts";
import { endTreeNow, treeMembers } from "../../src/processes/end-tree.ts";
import { systemProcessTable } from "../../src/processes/process-table.ts";
import { until } from "../until.ts";
import { mayUnshare } from "./may-unshare.ts";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";

const FIXTURE = join(import.meta.dir, "../fixtures/leaves-at-its-exit.ts");
const nonce = "0123456789abcdef";

/** Runs the agent to its end, and says what it reported of strays, last. */
async function leave(supervisor: AgentRole["supervisor"], more: Pick<AgentRole, "launched"> = {}) {
  const instanceId = createInstanceId();
  const role: AgentRole = {
    ...{ instanceId, nonce, agent: "mimir", sessionId: null, supervisor, onExit: "finish", turn: "initial" },
    ...{ skipPermissions: false, guard: defaultGuard("/state"), ...more },
  };
  const env = {
    ...process.env,
    BIZAR_AGENT_ROLE: JSON.stringify(role),
    BIZAR_INSTANCE: markerOf({ instanceId, ...more }),
  };
  const agent = Bun.spawn([FIXTURE], { env, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const lines = (await agent.stderr.text()).split("\n");
  await agent.exited;
  const left = lines.flatMap((line) => parseTreeReport(nonce, line)?.left ?? []);
  return { instanceId, left, strays: lines.flatMap((line) => parseTreeReport(nonce, line)?.strays ?? []) };
}

test.skipIf(process.platform !== "linux")("what an agent's last command has left is told at its exit", async () => {
  const own = systemProcessTable().find(process.pid)!;
  const { instanceId, strays } = await leave(own);
  try {
    // The shell that started them may have been seen too, if it was about to end.
    const commands = () => strays.flatMap(({ pid }) => systemProcessTable().find(pid)?.command ?? []).toSorted();
    const sleeps = ["sleep 4601", "sleep 4602"];
    // It may have been seen before it was another program, with the marker that it has cleared since.
    await until("both sleep", () => Bun.deepEquals(commands(), sleeps));
  } finally {
    endTreeNow({ marker: instanceId, strays });
  }
});

test.skipIf(process.platform !== "linux")("an agent that finishes with nobody left takes it along", async () => {
  const { instanceId, strays } = await leave({ pid: 2_000_000_001, startTime: "1" });
  // What a signal ends is gone a moment later.
  await until("nothing is left", () => treeMembers({ marker: instanceId, strays }).length === 0);
});

test.skipIf(process.platform !== "linux")("an agent elsewhere takes it along, and says what it was", async () => {
  const { instanceId, left, strays } = await leave({ pid: 2_000_000_001, startTime: "1" }, { launched: "shared" });
  const commands = left.map(({ command }) => command);
  // The shell that started them may have been there yet, and one of them may not have become what it was to be.
  expect(commands.some((command) => /^(?:env -i |nohup )?(?:setsid )?sleep 460[12]$/.test(command))).toBe(true);
  const marker = markerOf({ instanceId, launched: "shared" });
  await until("nothing is left", () => treeMembers({ marker, strays }).length === 0);
});

test.each([
  ["an ordinary process", []],
  [
    "the first of a pid namespace, which SIGKILL from within does not end",
    mayUnshare ? ["unshare", "--pid", "--fork"] : [],
  ],
])("an agent that cannot prove its role says so and ends: %s", async (_, wrapper) => {
  const fixture = join(import.meta.dir, "../fixtures/is-an-orphan.ts");
  const orphan = Bun.spawn([...wrapper, fixture], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const said = (await orphan.stderr.text()).split("\n").flatMap((line) => parseTreeReport(nonce, line) ?? []);
  expect(said).toEqual([{ orphan: "nobody is above it" }]);
  expect(await orphan.exited).not.toBe(0);
});
