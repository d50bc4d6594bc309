import { join } from "node:path";
import { endTree } from "../../src/processes/end-tree.ts";
import { startRun, type RunEnd, type RunOutput } from "../scripted-host/opencode.ts";
import { AgentWatch, readIfThere, readRecords } from "./agent-watch.ts";
import { conclude, showFiles } from "./closing.ts";
import { narrateOdin } from "./narrate-odin.ts";
import type { Narrator } from "./narrator.ts";
import type { Stage } from "./stage.ts";
import { ODIN_PROMPT, WRITTEN } from "./task.ts";
import { problemsOf } from "./verdict.ts";

export interface Performance {
  readonly stage: Stage;
  readonly narrator: Narrator;
  /** What thor's file must hold; `null`: anything. */
  readonly expected: string | null;
  /** Aborts when the demo has to end before its time; the reason says why. */
  readonly signal: AbortSignal;
}

/**
 * Runs opencode with odin's task, tells what happens, and shows what is left.
 *
 * @returns whether both results came back
 */
export async function perform({ stage, narrator, expected, signal }: Performance): Promise<boolean> {
  const { sandbox } = stage;
  const watch = new AgentWatch(sandbox.stateDir, sandbox.project, narrator);
  const run = await runOdin(stage, signal, (event) =>
    watch.tellThen(() => narrateOdin(narrator, event, watch.agentOf)),
  );
  await watch.close();
  if (signal.aborted) await endAgents(sandbox.stateDir);
  const records = await readRecords(sandbox.stateDir);
  const written = await readIfThere(join(sandbox.project, WRITTEN));
  await showFiles(narrator, records, sandbox.stateDir, written);
  const problems = signal.aborted ? [String(signal.reason)] : problemsOf({ run, records, written, expected });
  conclude(narrator, problems, sandbox.root);
  return problems.length === 0;
}

async function runOdin(
  { sandbox, runArguments }: Stage,
  signal: AbortSignal,
  onEvent: (event: RunOutput) => void,
): Promise<RunEnd> {
  const run = startRun(sandbox, {
    agent: "odin",
    prompt: ODIN_PROMPT,
    arguments: runArguments,
    onEvent,
  });
  const kill = () => run.kill("SIGKILL");
  signal.addEventListener("abort", kill);
  if (signal.aborted) kill();
  return await run.ended;
}

/** Ends what the agents would otherwise only notice a moment later: that their opencode is gone. */
async function endAgents(stateDir: string): Promise<void> {
  const records = await readRecords(stateDir);
  const trees = records.map(({ process, instanceId }) => ({ root: process ?? undefined, marker: instanceId }));
  await Promise.all(trees.map((tree) => endTree(tree, 0)));
}
