import { startServer, type Server } from "../scripted-host/opencode.ts";
import { MODELS_PATH } from "../../src/opencode/models-path.ts";
import { giveModelList } from "../scripted-host/whole-model-list.ts";
import { createSandbox, type Sandbox } from "../scripted-host/sandbox.ts";
import { startScriptedModel, type ToolCall } from "../scripted-host/scripted-model.ts";
import { Round, within, type RoundSettings } from "./warm-round.ts";

export const AGENT = "worker";
const PARENT = "lead";
const MODEL = { providerID: "scripted", modelID: "model-a" };
const POLL_MS = 20;
/** What an ended turn has left to write. */
const QUIET_MS = 300;

/** An opencode, and what it is told. */
export interface BenchHost extends Server {
  readonly sandbox: Sandbox;
  round(settings: RoundSettings): Round;
  /** Runs the parent's turn of a round, in a session of its own. */
  delegate(round: Round): Promise<Delegated>;
  /** Runs one turn of an agent, without a parent; makes a session where none is given. Returns the session. */
  prompt(text: string, sessionId?: string): Promise<string>;
  /** Settles when no session has anything to do any more. */
  whenIdle(): Promise<void>;
}

/** A parent's turn that is over. */
export interface Delegated {
  readonly sessionId: string;
  /** When the first tool was called, since the epoch. */
  readonly calledAt: number;
}

const OPTIONS = { supervisorAgents: [PARENT], maxConcurrentInstances: 32, minFreeMemoryMb: 0 };

/** How opencode is set up. */
const KINDS = {
  /** With the plugin. */
  plugin: { options: OPTIONS, environment: {} },
  /** With the plugin, and a list of models that the user names: agents read the whole of it as well. */
  wholeList: { options: OPTIONS, environment: {} },
  /** With opencode's own background agents, and no plugin. */
  native: { options: null, environment: { OPENCODE_EXPERIMENTAL_BACKGROUND_SUBAGENTS: "1" } },
  /** Nothing but opencode. */
  bare: { options: null, environment: {} },
} as const;

/** The call that gives a parent one agent. */
export const CALLS = {
  warm: (prompt: string): ToolCall => spawn("warm", prompt),
  process: (prompt: string): ToolCall => spawn("process", prompt),
  /** Of an agent at a place elsewhere. */
  on:
    (place: string) =>
    (prompt: string): ToolCall => ({ tool: "bizar_spawn_background", args: { agent: AGENT, prompt, on: place } }),
  native: (prompt: string): ToolCall => ({
    tool: "task",
    args: { description: "Work", prompt, subagent_type: AGENT, background: true },
  }),
};

function spawn(backend: "warm" | "process", prompt: string): ToolCall {
  return { tool: "bizar_spawn_background", args: { agent: AGENT, prompt, backend } };
}

/** What one has beside what its kind has. */
interface MoreOfHost {
  /** Of the plugin. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** What else has to be there before it starts. */
  readonly prepare?: (sandbox: Sandbox, modelUrl: string) => Promise<void>;
}

/** Starts opencode, with a scripted model and a home of its own. */
export async function startHost(kind: keyof typeof KINDS, more: MoreOfHost = {}): Promise<BenchHost> {
  const { environment } = KINDS[kind];
  const options = KINDS[kind].options === null ? null : { ...KINDS[kind].options, ...more.options };
  const rounds = new Map<string, Round>();
  const model = startScriptedModel((request) => {
    const first = request.messages.find(({ role }) => role === "user")?.text ?? "";
    return rounds.get(keyIn(first))?.answer(request) ?? { text: "Done." };
  });
  const agent = {
    [AGENT]: { mode: "all", prompt: "You do as you are told." },
    [PARENT]: { mode: "primary", prompt: "You delegate." },
  };
  const config = { $schema: "https://opencode.ai/config.json", agent };
  const sandbox = await createSandbox({ modelUrl: model.url, options, config });
  await more.prepare?.(sandbox, model.url);
  // What most users have: opencode fetches one when it has a network.
  const list = await giveModelList(sandbox);
  const named = kind === "wholeList" ? { [MODELS_PATH]: list } : {};
  const server = await startServer(sandbox, { ...environment, ...named, ...more.environment });
  const { client } = server;

  const isBusy = async () => {
    const { data = {} } = await client.session.status();
    return Object.values(data).some(({ type }) => type !== "idle");
  };
  const prompt = async (name: string, text: string, sessionId?: string): Promise<string> => {
    // A session with a title of its own is not given one by a request to the model.
    const id = sessionId ?? (await client.session.create({ body: { title: "bench" } })).data?.id;
    if (id === undefined) throw new Error("opencode made no session.");
    const body = { agent: name, model: MODEL, parts: [{ type: "text" as const, text }] };
    const { error } = await within("a turn ends", client.session.prompt({ path: { id }, body }));
    if (error !== undefined) throw new Error(`opencode took no prompt: ${JSON.stringify(error)}`);
    return id;
  };
  return {
    ...server,
    sandbox,
    round(settings) {
      const key = `round-${rounds.size}`;
      const round = new Round(key, settings);
      rounds.set(key, round);
      return round;
    },
    async delegate({ parentPrompt }) {
      const sessionId = await prompt(PARENT, parentPrompt);
      const { data: messages = [] } = await client.session.messages({ path: { id: sessionId } });
      const calls = messages.flatMap(({ parts }) => parts.filter((part) => part.type === "tool"));
      const starts = calls.map(({ tool, state }) => {
        if (state.status === "completed") return state.time.start;
        throw new Error(`${tool} did not start an agent: ${JSON.stringify(state)}`);
      });
      return { sessionId, calledAt: Math.min(...starts) };
    },
    prompt: (text, sessionId) => prompt(AGENT, text, sessionId),
    async whenIdle() {
      while (await isBusy()) await Bun.sleep(POLL_MS);
      await Bun.sleep(QUIET_MS);
    },
    async stop() {
      await server.stop();
      await model.stop();
      await sandbox.remove();
    },
  };
}

function keyIn(prompt: string): string {
  return /round-\d+/.exec(prompt)?.[0] ?? "";
}
