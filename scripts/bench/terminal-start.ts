import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PLUGIN_TARGET } from "../build/build-plugin.ts";
import { createSandbox, ROOT, type Sandbox } from "../scripted-host/sandbox.ts";
import { startScriptedModel } from "../scripted-host/scripted-model.ts";
import { openTerminalUi, TAKES_PROMPT } from "../scripted-host/terminal-ui.ts";
import type { Benchmark } from "./benchmark.ts";
import { inTurns } from "./in-turns.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";

const ROUNDS = 12;
const MOST_ADDED_MS = 30;
const SIZE = { columns: 140, rows: 40 };
const LIMIT_MS = 60_000;
/** As the package ships it. */
const BUILT_TERMINAL = join(ROOT, PLUGIN_TARGET, "tui.js");
const TIMED = join(import.meta.dir, "programs/timed-terminal.ts");

/** What a start took until the prompt was shown, in milliseconds. */
interface Start {
  readonly wall: number;
  /** Of the processor, all threads together. */
  readonly processor: number;
}

export const terminalStart: Benchmark = {
  name: "terminal-start",
  about: "opencode's terminal UI from its start to its prompt, with and without the terminal half of the package",
  async run({ rounds = ROUNDS }) {
    const model = startScriptedModel(() => ({ text: "Done." }));
    const sandbox = await createSandbox({ modelUrl: model.url });
    const timesPath = join(sandbox.root, "times");
    Object.assign(sandbox.environment, { BENCH_TERMINAL: BUILT_TERMINAL, BENCH_TIMES: timesPath });
    const config = join(sandbox.project, "tui.json");
    const starting = (plugin?: string) => async () => {
      await (plugin === undefined
        ? rm(config, { force: true })
        : writeFile(config, JSON.stringify({ plugin: [plugin] })));
      return await untilPrompt(sandbox);
    };
    try {
      const starts = await inTurns(rounds, { with: starting(ROOT), without: starting(), timed: starting(TIMED) });
      const loads = (await Bun.file(timesPath).text()).trim().split("\n").slice(-rounds).map(Number);
      const times = (of: keyof Start): Times => ({
        with: starts.with.map((start) => start[of]),
        without: starts.without.map((start) => start[of]),
      });
      const wall = times("wall");
      const processor = times("processor");
      return [
        medianFigure("import to registered", loads, "ms", MOST_ADDED_MS),
        medianFigure("processor time added", added(processor), "ms"),
        ratioFigure("processor time with / without", processor.with, processor.without),
        medianFigure("added until the prompt", added(wall), "ms"),
        ratioFigure("start with / without the terminal half", wall.with, wall.without),
        medianFigure("start with", wall.with, "ms"),
        medianFigure("start without", wall.without, "ms"),
      ];
    } finally {
      await model.stop();
      await sandbox.remove();
    }
  },
};

interface Times {
  readonly with: readonly number[];
  readonly without: readonly number[];
}

function added({ with: measured, without }: Times): number[] {
  return measured.map((ms, round) => ms - (without[round] ?? Number.NaN));
}

async function untilPrompt(sandbox: Sandbox): Promise<Start> {
  const begin = performance.now();
  const ui = openTerminalUi(sandbox, [], SIZE);
  const wall = (await ui.whenShown(TAKES_PROMPT, LIMIT_MS)) - begin;
  // At once: what it does from now on is no part of its start.
  ui.kill("SIGKILL");
  await ui.exited;
  return { wall, processor: ui.processorMs() };
}
