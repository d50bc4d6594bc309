import { expect, test } from "bun:test";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { createCommandLine, gone, livingOwner } from "./command-line-rig.ts";

/** The cells of a table's rows. */
function rows(text: string): string[][] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {2,}/));
}

const HEAD = ["ID", "AGENT", "STATUS", "ACTIVITY", "TOOLS", "COST", "AGE", "OPENCODE", "TITLE"];
const { progress } = sampleInstance();

test("agents at work are listed, and whether their opencode lives", async () => {
  const line = createCommandLine();
  const createdAt = Date.now() - 3 * 3_600_000 - 5 * 60_000 - 30_000;
  const atWork = { ...progress, activity: "tool bash", toolCallCount: 7, costUsd: 1.239 };
  await line.leave("running", { instanceId: sampleId(1), createdAt, progress: atWork }, livingOwner());
  await line.leave("queued", { instanceId: sampleId(2), createdAt: Date.now() - 90_000, agent: "thor" }, gone);
  await line.leave("running", { instanceId: sampleId(3), createdAt }, { ...gone, bootId: "another boot" });
  await line.leave("done", { instanceId: sampleId(4) });
  const { exitCode, stdout, stderr } = await line.run("ps");
  expect(rows(stdout)).toEqual([
    HEAD,
    [sampleId(1), "mimir", "running", "tool bash", "7", "$1.24", "3h05m", "lives", "Look around"],
    [sampleId(2), "thor", "queued", "starting", "0", "$0.00", "1m", "gone", "Look around"],
    [sampleId(3), "mimir", "running", "starting", "0", "$0.00", "3h05m", "elsewhere", "Look around"],
  ]);
  expect([exitCode, stderr]).toEqual([0, ""]);
});

test("--all lists those that have ended too, with the reason", async () => {
  const line = createCommandLine();
  const createdAt = Date.now() - 50 * 3_600_000;
  await line.leave("failed", { instanceId: sampleId(1), createdAt });
  await line.leave("killed", { instanceId: sampleId(2), createdAt });
  const { stdout } = await line.run("ps", "--all");
  expect(rows(stdout).slice(1)).toEqual([
    [sampleId(1), "mimir", "failed: session_error", "-", "0", "$0.00", "2d02h", "-", "Look around"],
    [sampleId(2), "mimir", "killed", "-", "0", "$0.00", "2d02h", "-", "Look around"],
  ]);
});

test("--json gives every number in full", async () => {
  const line = createCommandLine();
  const owner = livingOwner();
  await line.leave("running", { progress: { ...progress, costUsd: 0.123456 } }, owner);
  const [agent, ...more] = JSON.parse((await line.run("ps", "--json")).stdout) as Record<string, unknown>[];
  expect(agent).toMatchObject({
    instanceId: sampleId(1),
    status: "running",
    costUsd: 0.123456,
    owner: { pid: owner.pid, state: "lives" },
    processId: 4242,
  });
  expect(agent?.["ageMs"]).toBeGreaterThan(0);
  expect(more).toEqual([]);
});

test("nobody at work is said on stderr, and an empty array is an answer", async () => {
  const line = createCommandLine();
  expect(await line.run("ps")).toEqual({ exitCode: 0, stdout: "", stderr: "opencode-bizar: there are no agents\n" });
  await line.leave("done");
  expect((await line.run("ps")).stderr).toContain("no agent is at work; 1 have ended (--all)");
  expect((await line.run("ps", "--json")).stdout).toBe("[]\n");
});

test("what a model wrote cannot steer the terminal, and without one there are no colours", async () => {
  const line = createCommandLine();
  await line.leave("running", { title: "red\u001b[31m\nnew\u0007 line" });
  const { stdout } = await line.run("ps");
  expect(stdout).toContain("red\\x1b[31m new\\x07 line");
  expect(stdout).not.toContain("\u001b");
});

test("a terminal is shown colours, unless NO_COLOR is set", async () => {
  const line = createCommandLine();
  await line.leave("running");
  const inTerminal = async (environment: Record<string, string>) => {
    let text = "";
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/../../src/cli/main.ts`, "ps"], {
      env: { ...process.env, BIZAR_STATE_DIR: line.paths.stateDir, ...environment },
      terminal: { cols: 200, rows: 20, data: (_, bytes) => void (text += new TextDecoder().decode(bytes)) },
    });
    await child.exited;
    return text;
  };
  expect(await inTerminal({ NO_COLOR: "" })).toContain("\u001b[36mrunning\u001b[0m");
  expect(await inTerminal({ NO_COLOR: "1" })).not.toContain("\u001b");
});
