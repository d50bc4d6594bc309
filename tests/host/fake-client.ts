import { HostClient } from "../../src/opencode/host-client.ts";
import { fakeApi } from "../opencode-facts/fake-api.ts";

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
  const put = ({ body }: { body: unknown }) => fake.prompts.push(body);
  const api = fakeApi({
    "get /agent": () => thrown(fake.agents),
    "get /config/providers": () => ({ providers: thrown(fake.providers), default: {} }),
    "get /session/{sessionID}/message": () => thrown(fake.transcript),
    "get /session/{sessionID}/message/{messageID}": ({ path }: { path: { messageID: string } }) =>
      thrown(fake.messages.get(path.messageID)),
    "post /log": () => true,
    "post /session/{sessionID}/message": put,
    "post /session/{sessionID}/prompt_async": put,
    "post /tui/show-toast": ({ body }: { body: unknown }) => fake.toasts.push(body),
  });
  return { host: new HostClient(api), fake };
}

function thrown(data: unknown): unknown {
  if (data instanceof Error) throw data;
  return data;
}
