import type { PluginInput } from "../opencode/plugin-api.ts";
import type { ModelChoice } from "../supervisor/instance.ts";
import { agentSessionIn, rootsSince, type SoughtAgent } from "../opencode/agent-session.ts";
import { cached } from "../lib/cache.ts";
import { PAGE_MESSAGES, readBack } from "../opencode/message-pages.ts";
import { partIdOf } from "../opencode/message-id.ts";
import { turnsOf } from "../opencode/turns.ts";
import { singleFlight } from "../lib/single-flight.ts";
import type { Clock } from "../lib/clock.ts";
import type { Transcripts, TranscriptTurn } from "../supervisor/ports.ts";
import { withinLimit } from "../supervisor/within-limit.ts";
import { choiceOfSession, lastChoice, tellChoice, type Choice } from "../opencode/last-choice.ts";
import type { HostAgent, HostMessage, HostProvider, HostSession } from "./host-answers.ts";
import { LatestMessages } from "./latest-messages.ts";
import { systemClock } from "../lib/system-clock.ts";
import { JSON_HEADERS, rawClient } from "../opencode/raw-client.ts";
import { oneOf, shape } from "../lib/shape.ts";

/** Where the host says how to ask for the page before. */
const CURSOR_HEADER = "x-next-cursor";
const ANSWER_LIMIT_MS = 10_000;

/** Loaded with the first answer: opencode waits for the plugin at its start, and making a schema is slow. */
const answers = async () => await import("./host-answers.ts");

/** What nobody could answer under `opencode run`. */
const DENIED_IN_RUN = ["question", "plan_enter", "plan_exit"];

/** A message that the plugin puts into a session. */
export interface SyntheticMessage {
  readonly text: string;
  /** Beside the text, which is for the model alone: what the user sees of it, and the model does not. */
  readonly shown?: string;
  /** Kept with the message, and found again in {@link HostClient.messages}. */
  readonly metadata: Record<string, unknown>;
  /** Whether the model reacts at once; otherwise it sees the message at its next turn. */
  readonly wake: boolean;
  /** The agent, the model and its variant that go on. */
  readonly choice: Choice;
  /** The id that it is to have: put once more, it takes its own place. */
  readonly messageId?: string;
}

export interface Toast {
  readonly title: string;
  readonly message: string;
  readonly variant: "info" | "success" | "warning" | "error";
}

/**
 * What the plugin asks of its host. Every call has a limit, and an answer of another shape is an error that says so.
 * None may be awaited before the hooks are returned: that dead-locks the start.
 */
export class HostClient implements Transcripts {
  readonly #latest = new LatestMessages();

  constructor(
    private readonly client: PluginInput["client"],
    private readonly clock: Clock = systemClock,
  ) {}

  /** An event of the host. */
  event(event: { type: string; properties: unknown }): void {
    this.#latest.event(event);
  }

  /** The agents that can be used in a directory, those marked `hidden` left out; up to date where `name` is not one. */
  async agents(directory: string, name: string): Promise<HostAgent[]> {
    const agents = await this.#agents(directory, (known) => known.some((agent) => agent.name === name));
    return agents.filter(({ hidden }) => hidden !== true);
  }

  /** The models of the configured providers, as `provider/model`; up to date where `name` is not one. */
  async models(directory: string, name: string | undefined): Promise<string[]> {
    return toModels(await this.#providers(directory, (known) => name === undefined || toModels(known).includes(name)));
  }

  /** The configured providers. */
  async providers(directory: string): Promise<readonly HostProvider[]> {
    return await this.#providers(directory, () => true);
  }

  /** The model, and its variant, of the message that an assistant message answers. */
  async modelOf(sessionId: string, messageId: string): Promise<ModelChoice | undefined> {
    const info = await this.#info(sessionId, messageId);
    const asked = info.parentID ? await this.#info(sessionId, info.parentID) : undefined;
    const providerId = info.providerID ?? asked?.model?.providerID;
    const modelId = info.modelID ?? asked?.model?.modelID;
    if (!providerId || !modelId) return undefined;
    // An effort belongs to the model that it was chosen for.
    const isAsked = asked?.model?.providerID === providerId && asked.model.modelID === modelId;
    const askedVariant = isAsked ? (asked.model?.variant ?? asked.variant) : undefined;
    return modelChoice(providerId, modelId, info.variant ?? askedVariant);
  }

  /**
   * The messages of a session, oldest first; `undefined` when there is no such session. Long ones are read from their
   * end, and no further back than is enough.
   */
  async messages(
    sessionId: string,
    isEnough: (newest: readonly HostMessage[]) => boolean = () => false,
  ): Promise<HostMessage[] | undefined> {
    const what = `the messages of session ${sessionId}`;
    return await readBack(async (before) => {
      // What the page begins behind is in no type of this client's version.
      const query = { limit: PAGE_MESSAGES, ...(before === undefined ? {} : { before }) };
      const request = { path: { id: sessionId }, query };
      const found = await this.#find(what, (signal) => this.client.session.messages({ ...request, signal }));
      if (found === undefined) return undefined;
      const messages = (await answers()).readMessages(what, found.data);
      return { messages, before: found.response?.headers.get(CURSOR_HEADER) ?? undefined };
    }, isEnough);
  }

  async read(
    sessionId: string,
    prompts: ReadonlySet<string>,
    from?: string,
    since?: number,
  ): Promise<TranscriptTurn[] | undefined> {
    const messages = await this.messages(sessionId, (newest) => newest.some(({ info }) => info.id === from));
    return messages === undefined ? undefined : turnsOf(messages, prompts, since);
  }

  /** Puts a message into a session; `false` when there is no such session. Settles when it is stored. */
  async put(sessionId: string, { text, shown, metadata, wake, choice, messageId }: SyntheticMessage): Promise<boolean> {
    const part = { type: "text" as const, text, synthetic: true, metadata };
    const parts = [
      ...(shown === undefined ? [] : [{ type: "text" as const, text: shown, ignored: true, metadata }]),
      messageId === undefined ? part : { id: partIdOf(messageId), ...part },
    ];
    const own = messageId === undefined ? {} : { messageID: messageId };
    const body = { parts, noReply: !wake, ...own, ...(await this.#possible(choice)) };
    const { error } = await withinLimit(this.clock, ANSWER_LIMIT_MS, async (signal) => {
      const request = { path: { id: sessionId }, body, signal };
      return await (wake ? this.client.session.promptAsync(request) : this.client.session.prompt(request));
    });
    if (isNotFound(error)) return false;
    if (error !== undefined) throw new Error(`opencode did not take a message: ${JSON.stringify(error)}`);
    return true;
  }

  /** The session that a session is a child of; `undefined` of one that a user began, and where there is none. */
  async parentOf(sessionId: string): Promise<string | undefined> {
    return (await this.#session(sessionId))?.parentID ?? undefined;
  }

  /** The session that an agent was given, also where only opencode knows of it; `undefined` where there is none. */
  async sessionOfAgent({ instanceId, parent, createdAt }: SoughtAgent): Promise<string | undefined> {
    const path = { id: parent.sessionId };
    const below = await this.#find("the sessions below it", (signal) => this.client.session.children({ path, signal }));
    // What a list may be narrowed by is in no type of this client's version.
    const query = rootsSince(createdAt);
    const roots = await this.#ask("its sessions", (signal) => this.client.session.list({ query, signal }));
    return agentSessionIn([below?.data ?? [], roots], instanceId);
  }

  /** Whether an `opencode run` of a user made this session: such a one is told by what it denies from the start. */
  async isOfRun(sessionId: string): Promise<boolean> {
    const session = await this.#session(sessionId);
    if (session === undefined || session.parentID || session.title?.startsWith("bgr:")) return false;
    const denied = (session.permission ?? []).flatMap(({ permission, pattern, action }) =>
      pattern === "*" && action === "deny" ? permission : [],
    );
    return DENIED_IN_RUN.every((permission) => denied.includes(permission));
  }

  /** Shows a text in a session: the user sees it, the model never does, and is not asked. */
  async show(sessionId: string, text: string, metadata: Record<string, unknown>): Promise<unknown> {
    const messages = (await this.messages(sessionId, tellChoice)) ?? [];
    const parts = [{ type: "text" as const, text, ignored: true, metadata }];
    const last = lastChoice(messages);
    const choice = last.agent === undefined ? choiceOfSession((await this.#session(sessionId)) ?? {}) : last;
    const prompt = { path: { id: sessionId }, body: { parts, noReply: true, ...(await this.#possible(choice)) } };
    return await this.#ask("a message", (signal) => this.client.session.prompt({ ...prompt, signal }));
  }

  /**
   * Changes the arguments that a tool call at work is shown with, and that the model finds in its history.
   *
   * @returns whether the call is there and at work: of one that has ended nothing is changed
   */
  async showInput(sessionId: string, messageId: string, callId: string, input: object): Promise<boolean> {
    const path = { id: sessionId, messageID: messageId };
    const what = `message ${messageId}`;
    const data = await this.#ask(what, (signal) => this.client.session.message({ path, signal }));
    const { parts } = (await answers()).readCalls(what, data);
    const part = parts.find(({ callID }) => callID === callId);
    if (part?.id === undefined || part.state?.status !== "running") return false;
    const url = "/session/{sessionID}/message/{messageID}/part/{partID}";
    const at = { sessionID: sessionId, messageID: messageId, partID: part.id };
    const body = { ...part, state: { ...part.state, input } };
    const request = { url, path: at, body, headers: JSON_HEADERS };
    await this.#ask("a call", (signal) => rawClient(this.client).patch({ ...request, signal }));
    return true;
  }

  /** Stops the turn of a session; its messages say that it was aborted. */
  async abort(sessionId: string): Promise<void> {
    await this.#ask("an abort", (signal) => this.client.session.abort({ path: { id: sessionId }, signal }));
  }

  /** Shows a notice in the terminal UI; where there is none, nothing happens. */
  async toast({ title, message, variant }: Toast): Promise<void> {
    await this.#ask("a toast", (signal) => this.client.tui.showToast({ body: { title, message, variant }, signal }));
  }

  /** Adds a line to opencode's own log. */
  async log(level: "debug" | "info" | "warn" | "error", message: string): Promise<void> {
    const body = { service: "bizar", level, message };
    await this.#ask("a log line", (signal) => this.client.app.log({ body, signal }));
  }

  /** Every agent of a directory; of the plugin's own where that is empty. They change with a new instance only. */
  readonly #agents = cached(async (directory): Promise<HostAgent[]> => {
    const query = directory === "" ? {} : { query: { directory } };
    const data = await this.#ask("its agents", (signal) => this.client.app.agents({ ...query, signal }));
    return (await answers()).readAgents("its agents", data);
  });

  /** The providers of a directory; they too change with a new instance only. */
  readonly #providers = cached(async (directory): Promise<HostProvider[]> => {
    const what = "its providers";
    const data = await this.#ask(what, (signal) => this.client.config.providers({ query: { directory }, signal }));
    return (await answers()).readProviders(what, data).providers;
  });

  async #session(id: string): Promise<HostSession | undefined> {
    const what = `session ${id}`;
    const found = await this.#find(what, (signal) => this.client.session.get({ path: { id }, signal }));
    return found === undefined ? undefined : (await answers()).readSession(what, found.data);
  }

  /** What a message of a session is, without its parts. */
  async #info(sessionId: string, messageId: string): Promise<HostMessage["info"]> {
    const { infoIn } = await answers();
    const told = infoIn(this.#latest.find(sessionId, messageId));
    return told ?? (await this.#message(`${sessionId}/${messageId}`)).info;
  }

  /** A message of a session, by the ids of both with a slash between them. */
  readonly #message = singleFlight(async (key): Promise<HostMessage> => {
    const [id = "", messageID = ""] = key.split("/");
    const what = `message ${messageID}`;
    const data = await this.#ask(what, (signal) => this.client.session.message({ path: { id, messageID }, signal }));
    return (await answers()).readMessage(what, data);
  });

  /**
   * A choice without an agent that the host does not know (any more): a message for such a one is lost, in
   * `prompt_async` without a word.
   */
  async #possible(choice: Choice): Promise<Choice> {
    const { agent, ...rest } = choice;
    if (agent === undefined) return rest;
    const isListed = (known: readonly HostAgent[]) => known.some(({ name }) => name === agent);
    const known = await this.#agents("", isListed).catch(() => undefined);
    return known === undefined || isListed(known) ? choice : rest;
  }

  async #ask(what: string, call: Call): Promise<unknown> {
    return (await this.#given(what, call)).data;
  }

  async #given(what: string, call: Call): Promise<Given> {
    const given = await withinLimit(this.clock, ANSWER_LIMIT_MS, call);
    if (given.error !== undefined) throw new NotGiven(what, given.error);
    return given;
  }

  /** {@link HostClient.#ask} for something that may not be there: `undefined` then. */
  async #find(what: string, call: Call): Promise<Given | undefined> {
    try {
      return await this.#given(what, call);
    } catch (error) {
      if (error instanceof NotGiven && isNotFound(error.cause)) return undefined;
      throw error;
    }
  }
}

function toModels(providers: readonly HostProvider[]): string[] {
  return providers.flatMap(({ id, models }) => Object.keys(models).map((model) => `${id}/${model}`));
}

type Call = (signal: AbortSignal) => Promise<Given>;

interface Given {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response?: { readonly headers: { get(name: string): string | null } };
}

/** opencode answered with an error. */
class NotGiven extends Error {
  constructor(what: string, cause: unknown) {
    super(`opencode did not give ${what}: ${JSON.stringify(cause)}`, { cause });
  }
}

/** A model with its variant; `default` is the host's word for none. */
export function modelChoice(providerId: string, modelId: string, variant?: string | null): ModelChoice {
  return { providerId, modelId, variant: variant === "default" ? undefined : (variant ?? undefined) };
}

const isNotFound = shape({ name: oneOf("NotFoundError") });
