import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startServer } from "../scripted-host/opencode.ts";
import { createSandbox, writeConfig } from "../scripted-host/sandbox.ts";
import { startScriptedModel, type ModelRequest } from "../scripted-host/scripted-model.ts";
import type { Benchmark, OwnFigure } from "./benchmark.ts";
import { countTokens } from "./count-tokens.ts";
import { AGENTS, agentPrompt, BACKENDS, delegation, LOOKS, PROMPTS, RESULT } from "./delegation-script.ts";

const MODEL = { providerID: "scripted", modelID: "model-a" };
const OURS = "bizar_";

export const tokens: Benchmark = {
  name: "tokens",
  about: "what the plugin puts into the requests of each kind of agent and into its answers, in tokens of o200k",
  async run() {
    const script = delegation();
    const requests: ModelRequest[] = [];
    const model = startScriptedModel((request) => {
      requests.push(request);
      return script(request);
    });
    const sandbox = await createSandbox({ modelUrl: model.url, ownModelsOnly: true });
    // A folder with a name as long as the other one's, and without the plugin.
    const without = join(sandbox.root, "without");
    await mkdir(without);
    await writeConfig(without, model.url, null);
    const server = await startServer(sandbox);
    const ask = async (prompt: string, agent: string, directory = sandbox.project) => {
      const query = { directory };
      const { data: session } = await server.client.session.create({ query, body: { title: "bench" } });
      if (session === undefined) throw new Error("opencode made no session.");
      const body = { agent, model: MODEL, parts: [{ type: "text" as const, text: prompt }] };
      const before = requests.length;
      await server.client.session.prompt({ path: { id: session.id }, query, body });
      return requests.slice(before).filter((request) => request.prompt === prompt);
    };
    try {
      const bare = {
        build: await ask(PROMPTS.main, "build", without),
        general: await ask(PROMPTS.main, "general", without),
      };
      const build = await ask(PROMPTS.main, "build");
      const general = await ask(PROMPTS.main, "general");
      const odin = await ask(PROMPTS.delegate, "odin");
      const of = (prompt: string) => requests.filter((request) => request.prompt === prompt);
      return [
        figure("a request of build", added(build, bare.build), 0),
        figure("a request of general", added(general, bare.general), 0),
        figure("a request of a native subagent", added(of(PROMPTS.subagent), bare.general), 0),
        ...BACKENDS.flatMap((backend) => {
          const asked = of(agentPrompt(backend));
          return [
            figure(`a request of an agent in the background, ${backend}: tools`, toolTokens(asked), 110),
            figure(`a request of an agent in the background, ${backend}: words`, addedWords(asked, bare.general), 80),
          ];
        }),
        figure("a request of Odin", added(odin, bare.build), 1900),
        figure("a request of Odin without own folders", added(odin.map(withoutFolders), bare.build), 1500),
        ...answerFigures(odin.at(-1)?.toolResults ?? []),
      ];
    } finally {
      await server.stop();
      await model.stop();
      await sandbox.remove();
    }
  },
};

/** What the plugin's tools, and its words in the system text, are more than a request without the plugin has. */
function added(asked: readonly ModelRequest[], bare: readonly ModelRequest[]): number {
  return toolTokens(asked) + addedWords(asked, bare);
}

function toolTokens(asked: readonly ModelRequest[]): number {
  const [request] = asked;
  if (request === undefined) throw new Error("The model was not asked.");
  const ours = request.definitions.filter(({ name }) => name.startsWith(OURS));
  return ours.reduce((sum, definition) => sum + countTokens(JSON.stringify(definition)), 0);
}

function addedWords([asked]: readonly ModelRequest[], [bare]: readonly ModelRequest[]): number {
  if (asked === undefined || bare === undefined) throw new Error("The model was not asked.");
  const known = new Set(bare.system.split("\n"));
  const ours = asked.system.split("\n").filter((line) => !known.has(line) && !line.includes("Working directory"));
  return ours.length === 0 ? 0 : countTokens(ours.join("\n"));
}

/** A request without what agents' own folders add to it: a tool, an argument, a line of the prompt. */
function withoutFolders({ definitions, system, ...request }: ModelRequest): ModelRequest {
  const left = definitions.filter(({ name }) => name !== "bizar_changes");
  return {
    ...request,
    system: system.replace(/^.*isolation "worktree".*$/m, ""),
    definitions: JSON.parse(JSON.stringify(left, withoutIsolation)) as typeof definitions,
  };
}

function withoutIsolation(key: string, value: unknown): unknown {
  return key === "isolation" ? undefined : value;
}

/** The answers that Odin got, in the order of the script. */
function answerFigures(answers: readonly string[]): OwnFigure[] {
  const spawns = answers.slice(0, AGENTS);
  // Calls of one message are answered in any order.
  const looks = answers.slice(AGENTS, AGENTS + LOOKS).map(countTokens);
  const [collected = "", , canvas = ""] = answers.slice(AGENTS + LOOKS);
  const frame = (countTokens(collected) - AGENTS * countTokens(JSON.stringify(RESULT))) / AGENTS;
  return [
    figure("the answer to a spawn", Math.max(...spawns.map(countTokens)), 60),
    figure("the status of four agents", Math.max(...looks), 270),
    figure("the same status once more", Math.min(...looks), 25),
    figure("a collect beside each result", frame, 60),
    figure("get_canvas, 10 elements and 9 connections", countTokens(canvas), 600),
  ];
}

function figure(name: string, value: number, atMost: number): OwnFigure {
  return { figure: name, value, unit: "tokens", atMost };
}
