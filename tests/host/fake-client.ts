import type { PluginInput } from "@opencode-ai/plugin";
import { HostClient } from "../../src/host/host-client.ts";

/** What a fake host answers; a test changes it. */
export interface FakeHost {
  agents: unknown;
  providers: unknown;
  /** Messages by id, for `session.message`. */
  readonly messages: Map<string, unknown>;
  /** The messages of any session, for `session.messages`; an `Error` is a host that does not answer. */
  transcript: unknown;
  readonly toasts: unknown[];
  /** What was put into sessions. */
  readonly prompts: unknown[];
}

const providers = [
  { id: "scripted", name: "Scripted", models: { model: { id: "model" }, "vendor/large": {} } },
  { id: "other", name: "Other", models: { tiny: {} } },
];

/** An agent as `GET /agent` of opencode 1.18.33 lists it. */
export function hostAgent(name: string, given: Record<string, unknown> = {}): Record<string, unknown> {
  return { name, mode: "all", native: false, permission: [], options: {}, ...given };
}

/** An assistant's message as `GET /session/{id}/message/{id}` gives it. */
export function assistantMessage(info: Record<string, unknown> = {}, ...texts: string[]): Record<string, unknown> {
  const parts = texts.map((text) => ({ id: "prt_1", type: "text", text }));
  const time = { created: 1, completed: 2 };
  return { info: { id: "msg_1", role: "assistant", finish: "stop", time, ...info }, parts };
}

export function userMessage(info: Record<string, unknown> = {}): Record<string, unknown> {
  return { info: { id: "msg_0", role: "user", time: { created: 1 }, ...info }, parts: [{ type: "text", text: "Go." }] };
}

const notFound = { name: "NotFoundError", data: { message: "not found" } };

async function answer(data: unknown): Promise<{ data?: unknown; error?: unknown }> {
  if (data instanceof Error) throw data;
  return data === undefined ? { error: notFound } : { data };
}

/** The plugin's client of a host that answers as a test says. */
export function createFakeHost(): { host: HostClient; fake: FakeHost } {
  const fake: FakeHost = {
    agents: [hostAgent("odin", { mode: "primary" }), hostAgent("mimir"), hostAgent("thor")],
    providers,
    messages: new Map([["msg_parent", assistantMessage({ providerID: "scripted", modelID: "model" })]]),
    transcript: undefined,
    toasts: [],
    prompts: [],
  };
  const client = {
    app: { agents: async () => await answer(fake.agents), log: async () => await answer(true) },
    config: { providers: async () => await answer({ providers: fake.providers, default: {} }) },
    session: {
      message: async ({ path }: { path: { messageID: string } }) => await answer(fake.messages.get(path.messageID)),
      messages: async () => await answer(fake.transcript),
      prompt: async ({ body }: { body: unknown }) => await answer(fake.prompts.push(body)),
      promptAsync: async ({ body }: { body: unknown }) => await answer(fake.prompts.push(body)),
    },
    tui: { showToast: async ({ body }: { body: unknown }) => await answer(fake.toasts.push(body)) },
  };
  return { host: new HostClient(client as unknown as PluginInput["client"]), fake };
}
