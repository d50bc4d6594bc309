import { mkdir, mkdtemp } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, PLUGIN, type Sandbox } from "../scripted-host/sandbox.ts";
import { startScriptedModel } from "../scripted-host/scripted-model.ts";
import { scriptedAnswers } from "./scripted-answers.ts";
import { writeProject } from "./task.ts";

/** Where the demo plays. */
export interface Stage {
  readonly sandbox: Sandbox;
  /** Which model answers, for people. */
  readonly model: string;
  readonly runArguments: readonly string[];
  stop(): Promise<void>;
}

/** A home of its own and a model server of its own: no key, no network, nothing of the user's is touched. */
export async function scriptedStage(): Promise<Stage> {
  const model = startScriptedModel(scriptedAnswers());
  const sandbox = await createSandbox({ modelUrl: model.url });
  await writeProject(sandbox.project);
  return { sandbox, model: `scripted answers from ${model.url}`, runArguments: [], stop: () => model.stop() };
}

/** The user's own home, configuration and model; only the project and the plugin's files are thrown away. */
export async function liveStage(model: string | null): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), "bizar-live-"));
  const project = join(root, "project");
  const stateDir = join(root, "state");
  await mkdir(project);
  await writeProject(project);
  const { BIZAR_DISABLE: _, OPENCODE_CONFIG_CONTENT: content, ...inherited } = process.env as Record<string, string>;
  return {
    sandbox: {
      root,
      project,
      stateDir,
      home: homedir(),
      environment: { ...inherited, OPENCODE_CONFIG_CONTENT: withPlugin(content), BIZAR_STATE_DIR: stateDir },
      remove: async () => undefined,
    },
    model: model ?? "the default model of your opencode configuration",
    runArguments: model === null ? [] : ["--model", model],
    stop: async () => undefined,
  };
}

/** The user's own `OPENCODE_CONFIG_CONTENT`, where there is one, with this plugin added. */
function withPlugin(content: string | undefined): string {
  const config = JSON.parse(content || "{}") as { plugin?: unknown[] };
  return JSON.stringify({ ...config, plugin: [...(config.plugin ?? []), PLUGIN] });
}
