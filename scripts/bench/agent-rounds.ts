import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runArguments } from "../../src/backends/process/command-line.ts";
import { LineSplitter } from "../../src/backends/line-splitter.ts";
import { now } from "./page-clock.ts";
import { startServer } from "../scripted-host/opencode.ts";
import { createSandbox, OPENCODE, writeConfig } from "../scripted-host/sandbox.ts";
import { giveModelList } from "../scripted-host/whole-model-list.ts";
import { startScriptedModel, type ModelAnswer, type ModelRequest } from "../scripted-host/scripted-model.ts";

/** The times of one agent, in milliseconds since the call of `bizar_spawn_background`, or since the bare run's start. */
interface AgentTimes {
  readonly sessionKnownMs: number;
  /** The first request to the model. */
  readonly askedMs: number;
  readonly endedMs: number;
}

/** The same one-step agent, as the plugin runs it and as a bare `opencode run`. */
export interface AgentRounds {
  /** In an opencode with nothing else to do, which Odin's next step waits for. */
  readonly throughPlugin: () => Promise<AgentTimes>;
  /** The same command line, with the plugin left out of the configuration. */
  readonly bare: () => Promise<AgentTimes>;
  /** So many agents at once, from the first call to the last end. */
  readonly manyThroughPlugin: () => Promise<number>;
  /** As many command lines at once. */
  readonly manyBare: () => Promise<number>;
  dispose(): Promise<void>;
}

const AGENT = "worker";
/** So many agents are started at once. */
export const MANY = 4;
const PARENT_PROMPTS = { one: "Spawn the worker.", many: `Spawn ${MANY} workers.` };
const CHILD_PROMPT = "Say that you are done.";
const MODEL = { providerId: "scripted", modelId: "model-a" };
const SESSION_CREATED = "message=created id=ses_";
const RECORD_POLL_MS = 25;

export async function startAgentRounds(): Promise<AgentRounds> {
  let stateDir = "";
  /** When the model was asked by an agent for the last time, in milliseconds since the epoch. */
  let askedAt = Number.NaN;
  const model = startScriptedModel((request) => {
    if (request.prompt === CHILD_PROMPT) askedAt = now();
    return script(request, stateDir);
  });
  const config = { agent: { [AGENT]: { mode: "all", prompt: "You do as you are told." } } };
  const sandbox = await createSandbox({ modelUrl: model.url, config });
  stateDir = sandbox.stateDir;
  // What most users have: opencode fetches one when it has a network.
  await giveModelList(sandbox);
  const bareProject = join(sandbox.root, "bare");
  await mkdir(bareProject);
  await writeConfig(bareProject, model.url, null, config);
  const server = await startServer(sandbox);
  const { client } = server;

  /** Has agents spawned in one message: the answers, when the first was called, and when the last one ended. */
  const delegate = async (prompt: string) => {
    // A session with a title of its own is not given one by a request to the model.
    const { data: session } = await client.session.create({ body: { title: "bench" } });
    if (session === undefined) throw new Error("opencode made no session.");
    const parts = [{ type: "text" as const, text: prompt }];
    const model = { providerID: MODEL.providerId, modelID: MODEL.modelId };
    await client.session.prompt({ path: { id: session.id }, body: { agent: "odin", model, parts } });
    const { data: messages = [] } = await client.session.messages({ path: { id: session.id } });
    const calls = messages.flatMap((message) => message.parts.filter((part) => part.type === "tool"));
    const spawned = calls.map(({ state }) => {
      if (state.status !== "completed") throw new Error(`The agent was not spawned: ${JSON.stringify(state)}`);
      const { instanceId } = JSON.parse(state.output) as { instanceId?: string };
      if (!instanceId) throw new Error(`The answer has no agent: ${state.output}`);
      return { instanceId, ...state.time };
    });
    const ends = await Promise.all(spawned.map(async ({ instanceId }) => await recordEnd(stateDir, instanceId)));
    return { spawned, startedAt: Math.min(...spawned.map(({ start }) => start)), endedAt: Math.max(...ends) };
  };
  const bare = async () => await bareRun(bareProject, sandbox.environment, () => askedAt);

  return {
    async throughPlugin() {
      const { spawned, startedAt, endedAt } = await delegate(PARENT_PROMPTS.one);
      const known = spawned[0]?.end ?? Number.NaN;
      return { sessionKnownMs: known - startedAt, askedMs: askedAt - startedAt, endedMs: endedAt - startedAt };
    },
    bare,
    async manyThroughPlugin() {
      const { spawned, startedAt, endedAt } = await delegate(PARENT_PROMPTS.many);
      if (spawned.length !== MANY) throw new Error(`${spawned.length} agents were spawned, not ${MANY}.`);
      return endedAt - startedAt;
    },
    async manyBare() {
      const all = await Promise.all(Array.from({ length: MANY }, bare));
      return Math.max(...all.map(({ endedMs }) => endedMs));
    },
    async dispose() {
      await server.stop();
      await model.stop();
      await sandbox.remove();
    },
  };
}

/** Odin spawns workers and then waits for the model until each worker's record says that it has ended. */
function script({ prompt, toolResults }: ModelRequest, stateDir: string): ModelAnswer {
  const asked = Object.values(PARENT_PROMPTS).indexOf(prompt);
  if (asked < 0) return { text: "Done." };
  if (toolResults.length === 0) {
    // opencode asks its user about the third of the same calls (1.18.33).
    const call = (_: unknown, number: number) => ({
      tool: "bizar_spawn_background",
      args: { agent: AGENT, prompt: CHILD_PROMPT, title: `worker ${number}` },
    });
    return { calls: Array.from({ length: prompt === PARENT_PROMPTS.one ? 1 : MANY }, call) };
  }
  const ended = toolResults.map(async (text) => {
    const { instanceId } = JSON.parse(text) as { instanceId?: string };
    if (instanceId !== undefined) await recordEnd(stateDir, instanceId);
  });
  return { text: "Ended.", after: Promise.all(ended) };
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

async function bareRun(
  directory: string,
  environment: Record<string, string>,
  askedAt: () => number,
): Promise<AgentTimes> {
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
  const start = now();
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
    if (isKnown) sessionKnownMs ??= now() - start;
  }
  const exitCode = await child.exited;
  const endedMs = now() - start;
  if (exitCode !== 0 || sessionKnownMs === undefined) {
    throw new Error(`The bare run ended with ${exitCode}: ${await stdout}`);
  }
  return { sessionKnownMs, askedMs: askedAt() - start, endedMs };
}
