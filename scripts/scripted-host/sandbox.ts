import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildApart } from "../build/build-apart.ts";
import { isPluginBuilt } from "../build/build-plugin.ts";

export const ROOT = join(import.meta.dir, "../..");

/** The opencode binary of the development dependency. */
export const OPENCODE = join(ROOT, "node_modules/opencode-ai/bin/opencode.exe");
/**
 * The plugin's entry, as `opencode.json` names it. opencode loads what the package's `exports` give for `./server`,
 * whatever file of the package is named (1.18.33): the built plugin.
 */
export const PLUGIN = join(ROOT, "index.ts");

/** The host's own version, which its configuration folder has to name. */
const PLUGIN_VERSION = "1.18.33";

export interface SandboxSettings {
  /** The base URL of the scripted model. */
  readonly modelUrl: string;
  /** The file of the plugin; the real one where it is absent. */
  readonly plugin?: string;
  /** The plugin's options; `null` leaves the plugin out. */
  readonly options?: Record<string, unknown> | null;
  /** More of `opencode.json`. */
  readonly config?: Record<string, unknown>;
  /** Whether the terminal UI loads the package's terminal half. */
  readonly terminalHalf?: boolean;
  /**
   * opencode knows the scripted models alone. It reads its own list of some thousand models at each start, which is a
   * third of what an `opencode run` asks of the processor (1.18.33).
   */
  readonly ownModelsOnly?: boolean;
}

/** A throw-away folder with a home and a project of its own. */
export interface Sandbox {
  readonly root: string;
  readonly home: string;
  readonly project: string;
  readonly stateDir: string;
  /** The environment for opencode: nothing of the user's own configuration is seen. */
  readonly environment: Record<string, string>;
  remove(): Promise<void>;
}

/** Makes a sandbox that opencode starts in without a network, a key or a question. */
export async function createSandbox(settings: SandboxSettings): Promise<Sandbox> {
  const {
    modelUrl,
    plugin = PLUGIN,
    options = {},
    config = {},
    ownModelsOnly = false,
    terminalHalf = false,
  } = settings;
  if (!(await isPluginBuilt(ROOT))) await buildApart(ROOT);
  const root = await mkdtemp(join(tmpdir(), "bizar-"));
  const home = join(root, "home");
  const project = join(root, "project");
  await mkdir(project, { recursive: true });
  await prepareHome(home);
  await writeConfig(project, modelUrl, options, config, plugin);
  // Of a folder opencode loads what the package's `exports` give for `./tui`.
  if (terminalHalf) await writeFile(join(project, "tui.json"), JSON.stringify({ plugin: [ROOT] }));
  return {
    root,
    home,
    project,
    stateDir: join(home, ".cache/bizar"),
    environment: { ...sandboxEnvironment(home), ...(ownModelsOnly ? await noModels(home) : {}) },
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Writes an `opencode.json` with the scripted provider and the plugin. */
export async function writeConfig(
  folder: string,
  modelUrl: string,
  options: Record<string, unknown> | null,
  config: Record<string, unknown> = {},
  pluginFile: string = PLUGIN,
): Promise<void> {
  const models = { "model-a": { name: "Model A" }, "model-b": { name: "Model B" } };
  const provider = {
    scripted: { npm: "@ai-sdk/openai-compatible", options: { baseURL: modelUrl, apiKey: "none" }, models },
  };
  const plugin = options === null ? [] : [[pluginFile, options]];
  const content = { model: "scripted/model-a", provider, plugin, ...config };
  await writeFile(join(folder, "opencode.json"), JSON.stringify(content, undefined, 2));
}

/**
 * opencode installs `@opencode-ai/plugin` from the registry into a fresh configuration folder, and waits for it; a
 * folder that has it already starts at once, without a network (1.18.33).
 */
export async function prepareHome(home: string): Promise<void> {
  const folder = join(home, ".config/opencode");
  const module = join(folder, "node_modules/@opencode-ai/plugin");
  await mkdir(dirname(module), { recursive: true });
  await symlink(join(ROOT, "node_modules/@opencode-ai/plugin"), module);
  const dependencies = { "@opencode-ai/plugin": PLUGIN_VERSION };
  const packages = {
    "": { dependencies },
    "node_modules/@opencode-ai/plugin": { version: PLUGIN_VERSION },
  };
  await writeFile(join(folder, "package.json"), JSON.stringify({ dependencies }));
  const lock = { name: "opencode", lockfileVersion: 3, requires: true, packages };
  await writeFile(join(folder, "package-lock.json"), JSON.stringify(lock));
}

async function noModels(home: string): Promise<Record<string, string>> {
  const path = join(home, "models.json");
  await writeFile(path, "{}");
  return { OPENCODE_MODELS_PATH: path };
}

function sandboxEnvironment(home: string): Record<string, string> {
  const kept = ["PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "SHELL"];
  const inherited = Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  return { ...inherited, HOME: home, OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_AUTOUPDATE: "1" };
}
