import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROLE_VARIABLE, type AgentRole } from "../../src/agent-role/role.ts";
import { PLUGIN_TARGET } from "../build/build-plugin.ts";
import { defaultGuard } from "../scripted-host/guard-settings.ts";
import { runOpencode } from "../scripted-host/opencode.ts";
import { createSandbox, ROOT, writeConfig, type Sandbox } from "../scripted-host/sandbox.ts";
import { startScriptedModel } from "../scripted-host/scripted-model.ts";
import type { Benchmark } from "./benchmark.ts";
import { sideBySide } from "./side-by-side.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";

/** As the package ships it. */
const BUILT_PLUGIN = join(ROOT, PLUGIN_TARGET, "index.js");
const ROUNDS = 15;

export const pluginLoad: Benchmark = {
  name: "plugin-load",
  about: "the plugin from import to returned hooks inside opencode, and the whole start with and without it",
  async run({ rounds = ROUNDS }) {
    const model = startScriptedModel(() => ({ text: "Done." }));
    const sandbox = await createSandbox({ modelUrl: model.url });
    const timed = await project(sandbox, model.url, "timed", (times) => [
      [join(import.meta.dir, "programs/timed-plugin.ts"), { plugin: BUILT_PLUGIN, times }],
    ]);
    const without = await project(sandbox, model.url, "without", () => []);
    try {
      const asHost = await sideBySide(
        rounds,
        () => start(sandbox, timed.directory),
        () => start(sandbox, without.directory),
      );
      const hostTimes = await timed.takeTimes(rounds);
      for (let round = 0; round < rounds; round++) await start(sandbox, timed.directory, asAgent());
      const agentTimes = await timed.takeTimes(rounds);
      return [
        medianFigure("import to hooks", hostTimes, "ms", 50),
        medianFigure("import to hooks, in an agent", agentTimes, "ms"),
        ratioFigure("one-step run with / without", asHost.measured, asHost.baseline, 1.02),
        medianFigure("one-step run with", asHost.measured, "ms"),
        medianFigure("one-step run without", asHost.baseline, "ms"),
      ];
    } finally {
      await model.stop();
      await sandbox.remove();
    }
  },
};

/** A project with its own plugins; a plugin writes its times to the file that it is given. */
async function project(
  { root }: Sandbox,
  modelUrl: string,
  name: string,
  plugins: (timesPath: string) => readonly unknown[],
) {
  const directory = join(root, name);
  const timesPath = join(root, `${name}.times`);
  await mkdir(directory);
  await writeConfig(directory, modelUrl, null, { plugin: plugins(timesPath) });
  return {
    directory,
    /** The last times of so many, and an empty file for the next ones. */
    async takeTimes(count: number): Promise<number[]> {
      const lines = (await Bun.file(timesPath).text()).trim().split("\n");
      await Bun.write(timesPath, "");
      if (lines.length < count) throw new Error(`The plugin was loaded ${lines.length} times, not ${count}.`);
      return lines.slice(-count).map(Number);
    },
  };
}

/** How long an `opencode run` of one step takes, in milliseconds. */
async function start(sandbox: Sandbox, directory: string, environment: Record<string, string> = {}): Promise<number> {
  const begin = performance.now();
  // With a title of its own the session is not given one by a request to the model.
  const run = { prompt: "Say that you are done.", directory, environment, arguments: ["--title", "bench"] };
  const { exitCode, stderr } = await runOpencode(sandbox, run);
  if (exitCode !== 0) throw new Error(`opencode run ended with ${exitCode}: ${stderr}`);
  return performance.now() - begin;
}

/** The environment in which this process is the supervisor of an agent. */
function asAgent(): Record<string, string> {
  const role: AgentRole = {
    instanceId: "bgr_00000000000000000000000000",
    nonce: "0123456789abcdef",
    agent: "build",
    sessionId: null,
    supervisor: { pid: process.pid, startTime: "" },
    onExit: "finish",
    turn: "initial",
    skipPermissions: false,
    guard: defaultGuard(tmpdir()),
  };
  return { [ROLE_VARIABLE]: JSON.stringify(role) };
}
