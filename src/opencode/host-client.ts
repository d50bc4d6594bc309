import type { ModelChoice } from "../supervisor/instance.ts";
import { agentSessionIn, rootsSince, type SoughtAgent } from "./agent-session.ts";
import { cached } from "../lib/cache.ts";
import { PAGE_MESSAGES, readBack } from "./message-pages.ts";
import { partIdOf } from "./message-id.ts";
import { turnsOf } from "./turns.ts";
import { singleFlight } from "../lib/single-flight.ts";
import type { Transcripts, TranscriptTurn } from "../supervisor/ports.ts";
import { choiceOfSession, lastChoice, tellChoice, type Choice } from "./last-choice.ts";
import type { HostAgent, HostMessage, HostProvider, HostSession } from "./answers.ts";
import type { Api } from "./api.ts";
import { ifThere } from "./api-error.ts";
import type { ApiPart } from "./requests.ts";
import { isOfRun } from "./run-session.ts";
import { LastChoices } from "./last-choices.ts";
import { LatestMessages } from "./latest-messages.ts";
import type { OwnMetadata } from "./own-metadata.ts";

/** Where the host says how to ask for the page before. */
const CURSOR_HEADER = "x-next-cursor";

/** A message that the plugin puts into a session. */
export interface SyntheticMessage {
  readonly text: string;
  /** Beside the text, which is for the model alone: what the user sees of it, and the model does not. */
  readonly shown?: string;
  /** Kept with the message, and found again in {@link HostClient.messages}. */
  readonly metadata: OwnMetadata;
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

/** What the plugin asks of its host. None may be awaited before the hooks are returned: that dead-locks the start. */
export class HostClient implements Transcripts {
  readonly #latest = new LatestMessages();
  readonly #choices = new LastChoices();

  constructor(private readonly api: Api) {}

  /** An event of the host. */
  event(event: { type: string; properties: unknown }): void {
    this.#latest.event(event);
    this.#choices.event(event);
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
    sessionID: string,
    isEnough: (newest: readonly HostMessage[]) => boolean = () => false,
  ): Promise<HostMessage[] | undefined> {
    const what = `the messages of session ${sessionID}`;
    return await readBack(async (before) => {
      const query = { limit: PAGE_MESSAGES, ...(before === undefined ? {} : { before }) };
      const path = { sessionID };
      const page = this.api.send(what, { method: "get", url: "/session/{sessionID}/message", path, query });
      const found = await ifThere(page);
      if (found === undefined) return undefined;
      const messages = await this.api.read(what, "messages", found);
      return { messages, before: found.response?.headers.get(CURSOR_HEADER) ?? undefined };
    }, isEnough);
  }

  /** What the user chose last in a session; `undefined` where only its messages tell. */
  choiceOf(sessionId: string): Choice | undefined {
    return this.#choices.find(sessionId);
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
  async put(sessionID: string, { text, shown, metadata, wake, choice, messageId }: SyntheticMessage): Promise<boolean> {
    const part = { type: "text" as const, text, synthetic: true, metadata };
    const parts = [
      ...(shown === undefined ? [] : [{ type: "text" as const, text: shown, ignored: true, metadata }]),
      messageId === undefined ? part : { id: partIdOf(messageId), ...part },
    ];
    const own = messageId === undefined ? {} : { messageID: messageId };
    const body = { parts, noReply: !wake, ...own, ...(await this.#possible(choice)) };
    const url = wake ? "/session/{sessionID}/prompt_async" : "/session/{sessionID}/message";
    const put = this.api.send("an answer to a message", { method: "post", url, path: { sessionID }, body });
    return (await ifThere(put)) !== undefined;
  }

  /** The session that a session is a child of; `undefined` of one that a user began, and where there is none. */
  async parentOf(sessionId: string): Promise<string | undefined> {
    return (await this.#session(sessionId))?.parentID ?? undefined;
  }

  /** The session that an agent was given, also where only opencode knows of it; `undefined` where there is none. */
  async sessionOfAgent({ instanceId, parent, createdAt }: SoughtAgent): Promise<string | undefined> {
    const path = { sessionID: parent.sessionId };
    const children = { method: "get", url: "/session/{sessionID}/children", path } as const;
    const below = await ifThere(this.api.ask("the sessions below it", "sessions", children));
    const query = rootsSince(createdAt);
    const roots = await this.api.ask("its sessions", "sessions", { method: "get", url: "/session", query });
    return agentSessionIn([...(below ?? []), ...roots], instanceId);
  }

  /** Whether an `opencode run` of a user made this session. */
  async isOfRun(sessionId: string): Promise<boolean> {
    const session = await this.#session(sessionId);
    return session !== undefined && isOfRun(session);
  }

  /**
   * Shows a text in a session: the user sees it, the model never does, and is not asked.
   *
   * @returns the message, as opencode gives it
   */
  async show(sessionID: string, text: string, metadata: OwnMetadata): Promise<unknown> {
    const messages = (await this.messages(sessionID, tellChoice)) ?? [];
    const parts = [{ type: "text" as const, text, ignored: true, metadata }];
    const last = lastChoice(messages);
    const choice = last.agent === undefined ? choiceOfSession((await this.#session(sessionID)) ?? {}) : last;
    const body = { parts, noReply: true, ...(await this.#possible(choice)) };
    const url = "/session/{sessionID}/message";
    return (await this.api.send("an answer to a message", { method: "post", url, path: { sessionID }, body })).data;
  }

  /**
   * Changes the arguments that a tool call at work is shown with, and that the model finds in its history.
   *
   * @returns whether the call is there and at work: of one that has ended nothing is changed
   */
  async showInput(sessionID: string, messageID: string, callId: string, input: object): Promise<boolean> {
    const { parts } = await this.#message(`${sessionID}/${messageID}`);
    const part = parts.find(({ callID }) => callID === callId);
    if (part?.id == null || part.state?.status !== "running") return false;
    const url = "/session/{sessionID}/message/{messageID}/part/{partID}";
    const path = { sessionID, messageID, partID: part.id };
    const body = { ...part, state: { ...part.state, input } } as ApiPart;
    await this.api.send("an answer to a call's change", { method: "patch", url, path, body });
    return true;
  }

  /** Stops the turn of a session; its messages say that it was aborted. */
  async abort(sessionID: string): Promise<void> {
    const url = "/session/{sessionID}/abort";
    await this.api.send("an answer to an abort", { method: "post", url, path: { sessionID } });
  }

  /** Shows a notice in the terminal UI; where there is none, nothing happens. */
  async toast(body: Toast): Promise<void> {
    await this.api.send("an answer to a toast", { method: "post", url: "/tui/show-toast", body });
  }

  /** Adds a line to opencode's own log. */
  async log(level: "debug" | "info" | "warn" | "error", message: string): Promise<void> {
    const body = { service: "bizar", level, message };
    await this.api.send("an answer to a log line", { method: "post", url: "/log", body });
  }

  /** Every agent of a directory; of the plugin's own where that is empty. They change with a new instance only. */
  readonly #agents = cached(async (directory) => {
    const query = directory === "" ? {} : { directory };
    return await this.api.ask("its agents", "agents", { method: "get", url: "/agent", query });
  });

  /** The providers of a directory; they too change with a new instance only. */
  readonly #providers = cached(async (directory) => {
    const request = { method: "get", url: "/config/providers", query: { directory } } as const;
    return (await this.api.ask("its providers", "providers", request)).providers;
  });

  async #session(sessionID: string): Promise<HostSession | undefined> {
    const request = { method: "get", url: "/session/{sessionID}", path: { sessionID } } as const;
    return await ifThere(this.api.ask(`session ${sessionID}`, "session", request));
  }

  /** What a message of a session is, without its parts. */
  async #info(sessionId: string, messageId: string): Promise<HostMessage["info"]> {
    const { infoIn } = await import("./answers.ts");
    const told = infoIn(this.#latest.find(sessionId, messageId));
    return told ?? (await this.#message(`${sessionId}/${messageId}`)).info;
  }

  /** A message of a session, by the ids of both with a slash between them. */
  readonly #message = singleFlight(async (key) => {
    const [sessionID = "", messageID = ""] = key.split("/");
    const url = "/session/{sessionID}/message/{messageID}";
    return await this.api.ask(`message ${messageID}`, "message", {
      method: "get",
      url,
      path: { sessionID, messageID },
    });
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
}

function toModels(providers: readonly HostProvider[]): string[] {
  return providers.flatMap(({ id, models }) => Object.keys(models).map((model) => `${id}/${model}`));
}

/** A model with its variant; `default` is the host's word for none. */
export function modelChoice(providerId: string, modelId: string, variant?: string | null): ModelChoice {
  return { providerId, modelId, variant: variant === "default" ? undefined : (variant ?? undefined) };
}
