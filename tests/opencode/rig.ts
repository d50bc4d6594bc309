import { expect } from "bun:test";
import { join } from "node:path";
import { startServer, type Server } from "../../scripts/scripted-host/opencode.ts";
import { createSandbox, PLUGIN, type Sandbox, type SandboxSettings } from "../../scripts/scripted-host/sandbox.ts";
import {
  startScriptedModel,
  type ModelAnswer,
  type ModelRequest,
  type ScriptedModel,
  type ToolCall,
} from "../../scripts/scripted-host/scripted-model.ts";
import type { InstanceRecord } from "../../src/store/record.ts";

/** The command line's program. */
export const OPERATOR = join(PLUGIN, "../src/cli/main.ts");

/** One answer of the model: fixed, or made from the request. */
export type Step = ModelAnswer | ((request: ModelRequest) => ModelAnswer | Promise<ModelAnswer>);

/** A real opencode with this plugin, a scripted model, and a home of its own. */
export interface Rig {
  readonly sandbox: Sandbox;
  readonly model: ScriptedModel;
  /** What the model says to a prompt, step by step; after the last step it says "done". */
  plan(prompt: string, ...steps: Step[]): void;
  /** What the model says to a prompt without a plan. */
  otherwise(step: (request: ModelRequest) => ModelAnswer): void;
  /** The requests that answer a prompt, so far. */
  requestsFor(prompt: string): ModelRequest[];
  dispose(): Promise<void>;
}

/**
 * What spares a third of the processor time of an opencode that lives for seconds: code that is optimised for hours,
 * and memory that is given back and asked for again, page by page (1.18.33, which has Bun 1.3.14 in it).
 */
const QUICK_START = { BUN_JSC_useDFGJIT: "0", Malloc: "1" };

/** Makes a rig without starting opencode: for `opencode run`, or a server that the test starts itself. */
export async function createRig(settings: Omit<SandboxSettings, "modelUrl"> = {}): Promise<Rig> {
  const plans = new Map<string, readonly Step[]>();
  let unplanned: (request: ModelRequest) => ModelAnswer = sayDone;
  const model = startScriptedModel(async (request) => {
    const steps = plans.get(request.prompt);
    if (steps === undefined) return unplanned(request);
    const step = steps[request.step];
    return typeof step === "function" ? await step(request) : (step ?? { text: "done" });
  });
  const sandbox = await createSandbox({ ...settings, modelUrl: model.url, ownModelsOnly: true });
  Object.assign(sandbox.environment, QUICK_START);
  return {
    sandbox,
    model,
    plan: (prompt, ...steps) => void plans.set(prompt, steps),
    otherwise: (step) => void (unplanned = step),
    requestsFor: (prompt) => model.requests.filter((request) => request.prompt === prompt),
    async dispose() {
      await model.stop();
      await sandbox.remove();
    },
  };
}

function sayDone(): ModelAnswer {
  return { text: "done" };
}

/** A rig with a running `opencode serve`. */
export interface ServedRig extends Rig {
  readonly server: Server;
  /** Sends a prompt to a new session and waits for the end of the turn. */
  ask(prompt: string, settings?: AskSettings): Promise<Asked>;
}

export interface AskSettings {
  readonly agent?: string;
  readonly model?: string;
  readonly variant?: string;
  readonly directory?: string;
  /** The session to go on in. */
  readonly sessionId?: string;
}

/** What came of a turn. */
export interface Asked {
  readonly sessionId: string;
  readonly text: string;
  /** The answers of a tool in this session, parsed, in order. */
  answers(tool: string): Answer[];
}

/** The answer of one of the plugin's tools. */
// oxlint-disable-next-line typescript/no-explicit-any -- the tests look into JSON of every shape
export type Answer = any;

export async function serveRig(settings: Omit<SandboxSettings, "modelUrl"> = {}): Promise<ServedRig> {
  return await serve(await createRig(settings));
}

/** Starts `opencode serve` for a rig. */
export async function serve(rig: Rig): Promise<ServedRig> {
  const server = await startServer(rig.sandbox);
  return {
    ...rig,
    server,
    ask: (prompt, ask) => askServer(server, rig.sandbox.project, prompt, ask),
    async dispose() {
      await server.stop();
      await rig.dispose();
    },
  };
}

/** Sends a prompt to a server and waits for the end of the turn. */
export async function askServer(
  { client }: Server,
  project: string,
  prompt: string,
  { agent = "odin", model, variant, directory = project, sessionId }: AskSettings = {},
): Promise<Asked> {
  const id = sessionId ?? (await client.session.create({ query: { directory } })).data?.id;
  if (id === undefined) throw new Error("opencode made no session");
  const [providerID = "", modelID = ""] = (model ?? "scripted/model-a").split("/");
  const choice = { agent, model: { providerID, modelID }, ...(variant === undefined ? {} : { variant }) };
  const body = { ...choice, parts: [{ type: "text" as const, text: prompt }] };
  await client.session.prompt({ path: { id }, query: { directory }, body });
  const { data: messages = [] } = await client.session.messages({ path: { id }, query: { directory } });
  const parts = messages.flatMap((message) => message.parts);
  return {
    sessionId: id,
    text: parts.flatMap((part) => (part.type === "text" ? part.text : [])).at(-1) ?? "",
    answers: (tool) =>
      parts.flatMap((part) => {
        if (part.type !== "tool" || part.tool !== tool || part.state.status !== "completed") return [];
        return [JSON.parse(part.state.output)];
      }),
  };
}

/** A step that spawns agents, all in one message. */
export function spawn(...agents: Record<string, unknown>[]): ModelAnswer {
  return { calls: agents.map((args) => ({ tool: "bizar_spawn_background", args })) };
}

/** A call of the bash tool. */
export function bash(command: string): ToolCall {
  return { tool: "bash", args: { command, description: "Runs a command" } };
}

/** A step that collects the agents that the step before spawned. */
export function collectSpawned(more: Record<string, unknown> = {}): Step {
  return (request) => ({ calls: [{ tool: "bizar_collect", args: { instanceIds: spawnedIds(request), ...more } }] });
}

/** The ids in the spawn answers of a request. */
export function spawnedIds(request: ModelRequest): string[] {
  return request.toolResults.flatMap((text) => (JSON.parse(text) as { instanceId?: string }).instanceId ?? []);
}

/** The record of an agent as it lies on disk now. */
export async function recordOf({ sandbox }: Pick<Rig, "sandbox">, { instanceId }: Answer): Promise<InstanceRecord> {
  return await Bun.file(join(sandbox.stateDir, "bg", `${instanceId}.json`)).json();
}

/** The record of an agent as it would lie on disk if its opencode, which is gone, had died before it knew the session. */
export async function forgetSession({ sandbox }: Pick<Rig, "sandbox">, agent: Answer): Promise<void> {
  const record = await recordOf({ sandbox }, agent);
  const turns = record.turns.map((turn) => ({ ...turn, messageId: null }));
  const forgotten = { ...record, status: "pending", sessionId: null, definition: null, turns };
  await Bun.write(join(sandbox.stateDir, "bg", `${agent.instanceId}.json`), JSON.stringify(forgotten));
}

/** The whole result of an agent's last turn. */
export async function resultOf({ sandbox }: Pick<Rig, "sandbox">, { instanceId }: Answer): Promise<string> {
  return await Bun.file(join(sandbox.stateDir, "bg", `${instanceId}.result.md`)).text();
}

/** Runs the command line as an operator does, on the state of a rig's opencode. */
export async function operator({ sandbox }: Pick<Rig, "sandbox">, ...args: string[]) {
  const child = Bun.spawn([process.execPath, OPERATOR, ...args], {
    env: sandbox.environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { stdout, stderr, exitCode };
}

/** The order of texts, for `toSorted`. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** Settles when the condition holds; fails the test when it does not within the limit. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 120_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) expect.unreachable(`Not within ${limitMs} ms: ${what}`);
    await Bun.sleep(20);
  }
}

/** A promise that settles once it was called `count` times: everybody waits for everybody. */
export function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return async () => {
    arrived += 1;
    if (arrived === count) resolve();
    await promise;
  };
}
