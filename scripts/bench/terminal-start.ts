import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Terminal } from "@xterm/headless";
import { createSandbox, OPENCODE, ROOT, type Sandbox } from "../scripted-host/sandbox.ts";
import { startScriptedModel } from "../scripted-host/scripted-model.ts";
import type { Benchmark } from "./benchmark.ts";
import { sideBySide } from "./side-by-side.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";

const ROUNDS = 15;
const MOST_ADDED_MS = 30;
const SIZE = { cols: 140, rows: 40 };
const LIMIT_MS = 60_000;

export const terminalStart: Benchmark = {
  name: "terminal-start",
  about: "opencode's terminal UI from its start to its prompt, with and without the terminal half of the package",
  async run({ rounds = ROUNDS }) {
    const model = startScriptedModel(() => ({ text: "Done." }));
    const sandbox = await createSandbox({ modelUrl: model.url });
    const config = join(sandbox.project, "tui.json");
    try {
      const { measured, baseline } = await sideBySide(
        rounds,
        async () => {
          await writeFile(config, JSON.stringify({ plugin: [ROOT] }));
          return await untilPrompt(sandbox);
        },
        async () => {
          await rm(config, { force: true });
          return await untilPrompt(sandbox);
        },
      );
      const added = measured.map((ms, round) => ms - (baseline[round] ?? Number.NaN));
      return [
        medianFigure("added by the terminal half", added, "ms", MOST_ADDED_MS),
        ratioFigure("start with / without the terminal half", measured, baseline),
        medianFigure("start with", measured, "ms"),
        medianFigure("start without", baseline, "ms"),
      ];
    } finally {
      await model.stop();
      await sandbox.remove();
    }
  },
};

/** How long the terminal UI takes until it shows its prompt, in milliseconds. */
async function untilPrompt({ project, environment }: Sandbox): Promise<number> {
  const begin = performance.now();
  const shown = Promise.withResolvers<number>();
  const emulator = new Terminal({ ...SIZE, allowProposedApi: true });
  const child = Bun.spawn([OPENCODE], {
    cwd: project,
    env: { ...environment, TERM: "xterm-256color" },
    terminal: { ...SIZE, data: (_, bytes) => emulator.write(bytes) },
  });
  // The emulator answers what the program asks the terminal.
  emulator.onData((text) => child.terminal?.write(text));
  emulator.onWriteParsed(() => {
    if (/Ask anything|ctrl\+p/.test(textOn(emulator))) shown.resolve(performance.now() - begin);
  });
  const late = setTimeout(() => shown.reject(new Error(`No prompt after ${LIMIT_MS} ms.`)), LIMIT_MS);
  try {
    return await shown.promise;
  } finally {
    clearTimeout(late);
    child.kill("SIGTERM");
    await child.exited;
    emulator.dispose();
  }
}

function textOn({ buffer: { active }, rows }: Terminal): string {
  return Array.from({ length: rows }, (_, row) => active.getLine(active.viewportY + row)?.translateToString(true)).join(
    "\n",
  );
}
