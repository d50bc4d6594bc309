import { createOpencodeClient, type OpencodeClient } from "@opencode-ai/sdk/v2/client";
import { z } from "zod";
import { describeError } from "../../lib/describe-error.ts";
import { cached } from "../../lib/cache.ts";
import type { ModelChoice } from "../../supervisor/instance.ts";
import { systemClock } from "../../lib/system-clock.ts";
import type { Clock } from "../../lib/clock.ts";
import { withinLimit } from "../../supervisor/within-limit.ts";
import { HOST_VERSION } from "../../opencode/version.ts";

const ANSWER_LIMIT_MS = 10_000;
/** The first request of a directory loads its configuration, plugins and servers. */
const FIRST_ANSWER_LIMIT_MS = 60_000;
/** A turn that is to be stopped does not wait for long. */
const ABORT_LIMIT_MS = 3000;
const HEALTH_LIMIT_MS = 3000;
const SHOWN = 300;
/** So many of the last messages hold a turn of usual length. */
const LAST_MESSAGES = 50;

const messages = z.array(
  z.object({ info: z.looseObject({ id: z.string(), role: z.string() }), parts: z.array(z.looseObject({})) }),
);
/** A message of a session with its parts, as far as every message has the same. */
export type SessionMessage = z.infer<typeof messages>[number];

const statuses = z.record(z.string(), z.object({ type: z.string() }));
const withIds = z.array(z.object({ id: z.string() }));
const requests = z.array(z.object({ id: z.string(), sessionID: z.string() }).loose());
const agents = z.array(z.object({ name: z.string() }).loose());

/** Sends one request; the platform's own `fetch`, or a test's. */
export type Fetch = (request: Request) => Promise<Response>;

/** The server gave no answer that can be used: none at all, an error, or one of another shape. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  constructor(
    message: string,
    /** The HTTP status; absent where there was no answer. */
    readonly status: number | undefined,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** There was no answer at all: the server may have gone, or may have done what it was asked for. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof ServerError && error.status === undefined;
}

export interface NewSession {
  readonly directory: string;
  readonly title: string;
  readonly parentId: string;
  readonly instanceId: string;
}

export interface Prompt {
  readonly sessionId: string;
  readonly directory: string;
  readonly agent: string;
  readonly model: ModelChoice;
  readonly text: string;
  /** The id that the message is to have. */
  readonly messageId: string;
  /** Comes back with the message, in events and in lists. */
  readonly metadata: Record<string, unknown>;
}

/** What is asked of a warm server. Every call has a limit; what goes wrong is a {@link ServerError} that says what. */
export class ServerClient {
  readonly #client: OpencodeClient;
  /** Of every request; a connection that is kept for the next one may have died unheard, and is next to nothing to make. */
  readonly #headers: Record<string, string>;

  constructor(
    private readonly baseUrl: string,
    password: string,
    private readonly fetch: Fetch,
    private readonly clock: Clock = systemClock,
  ) {
    this.#headers = { authorization: `Basic ${btoa(`opencode:${password}`)}`, connection: "close" };
    // The types of the client ask for all of Bun's fetch; it calls it with one request.
    const used = fetch as typeof globalThis.fetch;
    this.#client = createOpencodeClient({ baseUrl, headers: this.#headers, fetch: used });
  }

  /** Opens the one stream of the events of all directories. */
  async events(signal: AbortSignal): Promise<Response> {
    const headers = { ...this.#headers, accept: "text/event-stream" };
    return await this.fetch(new Request(`${this.baseUrl}/global/event`, { headers, signal }));
  }

  async health(): Promise<void> {
    const healthy = z.object({ healthy: z.literal(true) });
    await this.#ask("its health", healthy, (signal) => this.#client.global.health({ signal }), HEALTH_LIMIT_MS);
  }

  /** Makes a session below the caller's; what nobody can be asked is denied, as `opencode run` does it. */
  async createSession({ directory, title, parentId, instanceId }: NewSession): Promise<string> {
    const permission = ["question", "plan_enter", "plan_exit"].map((name) => ({
      permission: name,
      pattern: "*",
      action: "deny" as const,
    }));
    const session = { directory, title, parentID: parentId, metadata: { bizar: { instanceId } }, permission };
    const create = (signal: AbortSignal) => this.#client.session.create(session, { signal });
    return (await this.#ask("a session", z.object({ id: z.string() }), create, FIRST_ANSWER_LIMIT_MS)).id;
  }

  /** Starts a turn; settles when the server has taken the prompt. */
  async prompt({ sessionId, directory, agent, model, text, messageId, metadata }: Prompt): Promise<void> {
    const prompt = {
      ...{ sessionID: sessionId, directory, agent, messageID: messageId },
      model: { providerID: model.providerId, modelID: model.modelId },
      ...(model.variant === undefined ? {} : { variant: model.variant }),
      parts: [{ type: "text" as const, text, metadata }],
    };
    const send = (signal: AbortSignal) => this.#client.session.promptAsync(prompt, { signal });
    await this.#ask("an answer to a prompt", z.unknown(), send, FIRST_ANSWER_LIMIT_MS);
  }

  /** The last messages of a session, oldest first; all of them with `all`. */
  async messages(sessionId: string, all: boolean): Promise<SessionMessage[]> {
    const limit = all ? {} : { limit: LAST_MESSAGES };
    const read = (signal: AbortSignal) => this.#client.session.messages({ sessionID: sessionId, ...limit }, { signal });
    return await this.#ask("the messages of a session", messages, read);
  }

  /** The sessions of a directory whose turn runs. */
  async busySessions(directory: string): Promise<Set<string>> {
    const read = (signal: AbortSignal) => this.#client.session.status({ directory }, { signal });
    const found = await this.#ask("the status of its sessions", statuses, read);
    return new Set(Object.keys(found).filter((id) => found[id]?.type !== "idle"));
  }

  /** The sessions of the native subagents of a session. */
  async children(sessionId: string): Promise<string[]> {
    const read = (signal: AbortSignal) => this.#client.session.children({ sessionID: sessionId }, { signal });
    return (await this.#ask("the subagents of a session", withIds, read)).map(({ id }) => id);
  }

  /** What waits for an answer in a directory, as the events told it. */
  async openQuestions(directory: string): Promise<{ type: string; properties: { id: string; sessionID: string } }[]> {
    const [permissions, questions] = await Promise.all([
      this.#ask("its permissions", requests, (signal) => this.#client.permission.list({ directory }, { signal })),
      this.#ask("its questions", requests, (signal) => this.#client.question.list({ directory }, { signal })),
    ]);
    return [
      ...permissions.map((properties) => ({ type: "permission.asked", properties })),
      ...questions.map((properties) => ({ type: "question.asked", properties })),
    ];
  }

  /** Everything that makes an agent what it is in a directory; `undefined` when there is none of that name. */
  async agentDefinition(directory: string, name: string): Promise<unknown> {
    const isNamed = (agent: { readonly name: string }) => agent.name === name;
    return (await this.#agents(directory, (known) => known.some(isNamed))).find(isNamed);
  }

  /** They change with a new server only. */
  readonly #agents = cached(async (directory) => {
    const read = (signal: AbortSignal) => this.#client.app.agents({ directory }, { signal });
    return await this.#ask("its agents", agents, read, FIRST_ANSWER_LIMIT_MS);
  });

  /** Stops the turn of a session, and the commands of its tools. */
  async abort(sessionId: string): Promise<void> {
    const send = (signal: AbortSignal) => this.#client.session.abort({ sessionID: sessionId }, { signal });
    await this.#ask("an answer to an abort", z.unknown(), send, ABORT_LIMIT_MS);
  }

  /** Answers a permission question; with a message the agent goes on and knows why. */
  async replyPermission(directory: string, id: string, reply: "once" | "reject", message?: string): Promise<void> {
    const answer = { requestID: id, directory, reply, ...(message === undefined ? {} : { message }) };
    const send = (signal: AbortSignal) => this.#client.permission.reply(answer, { signal });
    await this.#ask("an answer to a permission", z.unknown(), send);
  }

  /** Tells a tool that asks the user that nobody answers. */
  async rejectQuestion(directory: string, id: string): Promise<void> {
    const send = (signal: AbortSignal) => this.#client.question.reject({ requestID: id, directory }, { signal });
    await this.#ask("an answer to a question", z.unknown(), send);
  }

  async #ask<T>(
    what: string,
    schema: z.ZodType<T>,
    call: (signal: AbortSignal) => Promise<{ data?: unknown; error?: unknown; response?: Response | undefined }>,
    limitMs = ANSWER_LIMIT_MS,
  ): Promise<T> {
    const failed = `The warm opencode server did not give ${what}`;
    const late = `${failed} within ${limitMs / 1000} s.`;
    let isLate = false;
    let answer: Awaited<ReturnType<typeof call>>;
    try {
      answer = await withinLimit(this.clock, limitMs, async (signal) => {
        signal.addEventListener("abort", () => (isLate = true));
        return await call(signal);
      });
    } catch (error) {
      throw new ServerError(isLate ? late : `${failed}: ${describeError(error)}`, undefined, error);
    }
    const status = answer.response?.status;
    if (isLate) throw new ServerError(late, status);
    if (answer.error !== undefined) {
      const how = status === undefined ? "" : ` (HTTP ${status})`;
      throw new ServerError(`${failed}${how}: ${show(answer.error)}`, status, answer.error);
    }
    const parsed = schema.safeParse(answer.data);
    if (parsed.success) return parsed.data;
    throw new ServerError(`${failed} in a form this plugin knows; it was made for opencode ${HOST_VERSION}.`, status);
  }
}

function show(error: unknown): string {
  if (error instanceof Error) return error.message;
  return (typeof error === "string" ? error : JSON.stringify(error)).slice(0, SHOWN);
}
