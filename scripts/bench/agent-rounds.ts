import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runArguments } from "../../src/backends/process/command-line.ts";
import { LineSplitter } from "../../src/backends/line-splitter.ts";
import { startServer } from "../scripted-host/opencode.ts";
import { createSandbox, OPENCODE, writeConfig } from "../scripted-host/sandbox.ts";
import { startScriptedModel, type ModelAnswer, type ModelRequest } from "../scripted-host/scripted-model.ts";

/** The times of one agent, in milliseconds since the call of `bizar_spawn_background`, or since the bare run's start. */
interface AgentTimes {
  readonly sessionKnownMs: number;
  readonly endedMs: number;
}

/** The same one-step agent, as the plugin runs it and as a bare `opencode run`. */
export interface AgentRounds {
  /** In an opencode with nothing else to do, which Odin's next step waits for. */
  readonly throughPlugin: () => Promise<AgentTimes>;
  /** The same command line, with the plugin left out of the configuration. */
  readonly bare: () => Promise<AgentTimes>;
  dispose(): Promise<void>;
}

const AGENT = "worker";
const PARENT_PROMPT = "Spawn the worker.";
const CHILD_PROMPT = "Say that you are done.";
const MODEL = { providerId: "scripted", modelId: "model-a" };
const SESSION_CREATED = "message=created id=ses_";
const RECORD_POLL_MS = 25;

export async function startAgentRounds(): Promise<AgentRounds> {
  let stateDir = "";
  const model = startScriptedModel((request) => script(request, stateDir));
  const config = { agent: { [AGENT]: { mode: "all", prompt: "You do as you are told." } } };
  const sandbox = await createSandbox({ modelUrl: model.url, config });
  stateDir = sandbox.stateDir;
  const bareProject = join(sandbox.root, "bare");
  await mkdir(bareProject);
  await writeConfig(bareProject, model.url, null, config);
  const server = await startServer(sandbox);
  const { client } = server;

  return {
    async throughPlugin() {
      // A session with a title of its own is not given one by a request to the model.
      const { data: session } = await client.session.create({ body: { title: "bench" } });
      if (session === undefined) throw new Error("opencode made no session.");
      const body = {
        agent: "odin",
        model: { providerID: MODEL.providerId, modelID: MODEL.modelId },
        parts: [{ type: "text" as const, text: PARENT_PROMPT }],
      };
      await client.session.prompt({ path: { id: session.id }, body });
      const { data: messages = [] } = await client.session.messages({ path: { id: session.id } });
      const [call] = messages.flatMap(({ parts }) => parts.filter((part) => part.type === "tool"));
      if (call?.state.status !== "completed") throw new Error(`The agent was not spawned: ${JSON.stringify(call)}`);
      const { instanceId, sessionId } = JSON.parse(call.state.output) as Record<string, string | null>;
      if (!instanceId || !sessionId) throw new Error(`The answer has no session id: ${call.state.output}`);
      const { start, end } = call.state.time;
      return { sessionKnownMs: end - start, endedMs: (await recordEnd(stateDir, instanceId)) - start };
    },
    bare: () => bareRun(bareProject, sandbox.environment),
    async dispose() {
      await server.stop();
      await model.stop();
      await sandbox.remove();
    },
  };
}

/** Odin spawns the worker and then waits for the model until the worker's record says that it has ended. */
function script({ prompt, toolResults }: ModelRequest, stateDir: string): ModelAnswer {
  if (prompt !== PARENT_PROMPT) return { text: "Done." };
  const [spawned] = toolResults;
  if (spawned === undefined) {
    return { calls: [{ tool: "bizar_spawn_background", args: { agent: AGENT, prompt: CHILD_PROMPT } }] };
  }
  const { instanceId } = JSON.parse(spawned) as { instanceId?: string };
  return { text: "Ended.", ...(instanceId === undefined ? {} : { after: recordEnd(stateDir, instanceId) }) };
}

/** When the agent ended, in milliseconds since the epoch. */
export async function recordEnd(stateDir: string, instanceId: string): Promise<number> {
  for (;;) {
    const record = (await Bun.file(join(stateDir, "bg", `${instanceId}.json`)).json()) as Record<string, string | null>;
    if (record["endedAt"]) {
      if (record["status"] === "done") return Date.parse(record["endedAt"]);
      throw new Error(`The agent is ${record["status"]}: ${record["error"]}`);
    }
    await Bun.sleep(RECORD_POLL_MS);
  }
}

async function bareRun(directory: string, environment: Record<string, string>): Promise<AgentTimes> {
  const turn = {
    instanceId: "bare",
    agent: AGENT,
    model: MODEL,
    prompt: CHILD_PROMPT,
    directory,
    sessionId: null,
    kind: "initial" as const,
    backend: "process" as const,
    parentSessionId: "ses_parent",
  };
  const start = performance.now();
  const child = Bun.spawn([OPENCODE, ...runArguments(turn, false)], {
    cwd: directory,
    env: environment,
    stdin: new TextEncoder().encode(CHILD_PROMPT),
    stdout: "pipe",
    stderr: "pipe",
  });
  const stdout = child.stdout.text();
  const splitter = new LineSplitter();
  let sessionKnownMs: number | undefined;
  for await (const chunk of child.stderr) {
    const isKnown = splitter.push(chunk).some(({ text }) => text.includes(SESSION_CREATED));
    if (isKnown) sessionKnownMs ??= performance.now() - start;
  }
  const exitCode = await child.exited;
  const endedMs = performance.now() - start;
  if (exitCode !== 0 || sessionKnownMs === undefined) {
    throw new Error(`The bare run ended with ${exitCode}: ${await stdout}`);
  }
  return { sessionKnownMs, endedMs };
}
