import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createSandbox } from "../scripted-host/sandbox.ts";
import { startScriptedModel } from "../scripted-host/scripted-model.ts";
import { openTerminalUi, TAKES_PROMPT } from "../scripted-host/terminal-ui.ts";
import type { Benchmark, OwnFigure } from "./benchmark.ts";
import { medianFigure } from "./statistics.ts";

const ROUNDS = 10;
const MOST_MS = 250;
const SIZE = { columns: 120, rows: 40 };
const LIMIT_MS = 60_000;
const TASK = "Change what you do.";

export const terminalChange: Benchmark = {
  name: "terminal-change",
  about: "from the model's call of a tool in an agent to the terminal that shows it",
  async run({ rounds = ROUNDS }) {
    return [...(await onBackend("process", rounds)), ...(await onBackend("warm", rounds))];
  },
};

/** An agent does one thing after the other, each until the screen has shown it. */
async function onBackend(backend: "process" | "warm", rounds: number): Promise<OwnFigure[]> {
  const givenAt = new Map<string, number>();
  const held = (name: string) => {
    givenAt.set(name, performance.now());
    return { calls: [heldCall(name)] };
  };
  const model = startScriptedModel(({ prompt, step }) => {
    if (prompt === TASK) return step > rounds ? { text: "Done." } : held(`agent-${step}`);
    if (step === 0) return { calls: [spawnCall()] };
    return { text: "It is under way." };
  });
  const sandbox = await createSandbox({
    ...{ modelUrl: model.url, options: { backend }, config: { default_agent: "odin" } },
    ...{ ownModelsOnly: true, terminalHalf: true },
  });
  const ui = openTerminalUi(sandbox, ["--prompt", "Delegate it."], SIZE);
  const untilShown = async (name: string, shown: RegExp): Promise<number> => {
    const took = (await ui.whenShown(shown, LIMIT_MS)) - (givenAt.get(name) ?? Number.NaN);
    await writeFile(join(sandbox.project, name), "");
    return took;
  };
  try {
    await ui.whenShown(TAKES_PROMPT, LIMIT_MS);
    const agents: number[] = [];
    for (let change = 0; change <= rounds; change++) {
      agents.push(await untilShown(`agent-${change}`, new RegExp(`thor: bash : agent-${change};`)));
    }
    // The first change is not counted, as the first round of anything measured here.
    return [medianFigure(`on the screen, ${backend}`, agents.slice(1), "ms", MOST_MS)];
  } finally {
    ui.kill("SIGTERM");
    await ui.exited;
    await model.stop();
    await sandbox.remove();
  }
}

function spawnCall() {
  return { tool: "bizar_spawn_background", args: { agent: "thor", prompt: TASK, title: "what changes" } };
}

function heldCall(name: string) {
  const command = `: ${name}; until [ -e ${name} ]; do sleep 0.02; done`;
  return { tool: "bash", args: { command, description: "Holds" } };
}
