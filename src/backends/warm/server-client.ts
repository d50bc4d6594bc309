import { createOpencodeClient, type OpencodeClient } from "../../opencode/server-api.ts";
import * as z from "../../lib/schema.ts";
import { describeError } from "../../lib/describe-error.ts";
import { cached } from "../../lib/cache.ts";
import type { ModelChoice } from "../../supervisor/instance.ts";
import { systemClock } from "../../lib/system-clock.ts";
import type { Clock } from "../../lib/clock.ts";
import { withinLimit } from "../../supervisor/within-limit.ts";
import { busWords } from "../../opencode/bus-words.ts";
import { HOST_VERSION } from "../../opencode/version.ts";

const ANSWER_LIMIT_MS = 10_000;
/** The first request of a directory loads its configuration, plugins and servers. */
const FIRST_ANSWER_LIMIT_MS = 60_000;
/** A turn that is to be stopped does not wait for long. */
const ABORT_LIMIT_MS = 3000;
const HEALTH_LIMIT_MS = 3000;
/** What git does with large files, over a network. */
const FILES_LIMIT_MS = 300_000;
const SHOWN = 300;
/** So many of the last messages hold a turn of usual length. */
const LAST_MESSAGES = 50;

const messages = z.array(
  z.object({ info: z.looseObject({ id: z.string(), role: z.string() }), parts: z.array(z.looseObject({})) }),
);
/** A message of a session with its parts, as far as every message has the same. */
export type SessionMessage = z.infer<typeof messages>[number];

const statuses = z.record(z.string(), z.object({ type: z.string() }));
const worktree = z.object({ name: z.string(), directory: z.string() });
/** What a command of the shell has printed, as the one part of its answer. */
const shellAnswer = z.object({
  parts: z.array(z.looseObject({ state: z.looseObject({ output: z._default(z.string(), "") }) })),
});
const newSession = z.object({ id: z.string(), time: z.object({ created: z.number() }) });
const withIds = z.array(z.object({ id: z.string() }));
const requests = z.array(z.looseObject({ id: z.string(), sessionID: z.string() }));
const agents = z.array(z.looseObject({ name: z.string() }));

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
  /** Absent: none, or one that the server does not know. */
  readonly parentId: string | undefined;
  readonly instanceId: string;
}

/** A server as its client has to know it. */
export interface ServerAddress {
  readonly url: string;
  /** Absent: it wants none. */
  readonly password: string | undefined;
  readonly username?: string;
  /** What it is called in errors. */
  readonly name?: string;
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
  /** Nobody asks: what runs sees it at its next step, and nothing begins with it. */
  readonly isNote?: boolean;
}

/** A session for commands of the shell. */
export type ShellSession = Pick<Prompt, "sessionId" | "directory" | "agent"> & {
  /** Absent: the server's own choice. */
  readonly model: ModelChoice | undefined;
};

/** What is asked of a warm server. Every call has a limit; what goes wrong is a {@link ServerError} that says what. */
export class ServerClient {
  readonly #client: OpencodeClient;
  /** Of every request; a connection that is kept for the next one may have died unheard, and is next to nothing to make. */
  readonly #headers: Record<string, string>;

  readonly #name: string;
  readonly #url: string;
  /** How much further its clock is. */
  #aheadMs = 0;

  constructor(
    { url, password, username = "opencode", name = "The warm opencode server" }: ServerAddress,
    private readonly fetch: Fetch,
    private readonly clock: Clock = systemClock,
  ) {
    this.#url = url;
    this.#name = name;
    const secret = Buffer.from(`${username}:${password}`).toString("base64");
    this.#headers = { connection: "close", ...(password === undefined ? {} : { authorization: `Basic ${secret}` }) };
    // The types of the client ask for all of Bun's fetch; it calls it with one request.
    const used = fetch as typeof globalThis.fetch;
    this.#client = createOpencodeClient({ baseUrl: url, headers: this.#headers, fetch: used });
  }

  /** Opens the one stream of the events of all directories. */
  async events(signal: AbortSignal): Promise<Response> {
    const headers = { ...this.#headers, accept: "text/event-stream" };
    return await this.fetch(new Request(`${this.#url}/global/event`, { headers, signal }));
  }

  /** @returns the version of opencode */
  async health(limitMs = HEALTH_LIMIT_MS): Promise<string> {
    const healthy = z.object({ healthy: z.literal(true), version: z._default(z.string(), "") });
    const read = (signal: AbortSignal) => this.#client.global.health({ signal });
    return (await this.#ask("its health", healthy, read, limitMs)).version;
  }

  /** Whether a directory is in a working tree of git. */
  async isInRepository(directory: string): Promise<boolean> {
    const project = z.object({ id: z.string() });
    const read = (signal: AbortSignal) => this.#client.project.current({ directory }, { signal });
    return (await this.#ask("its project", project, read, FIRST_ANSWER_LIMIT_MS)).id !== "global";
  }

  /** Whether there is such a directory. */
  async isThere(directory: string): Promise<boolean> {
    try {
      const read = (signal: AbortSignal) => this.#client.file.list({ directory, path: "" }, { signal });
      await this.#ask("a folder", z.unknown(), read, FIRST_ANSWER_LIMIT_MS);
      return true;
    } catch (error) {
      // Of what is not there it says that it is in trouble.
      if (error instanceof ServerError && error.status !== undefined && error.status !== 401) return false;
      throw error;
    }
  }

  /** Makes a working tree of the repository of a directory. It is not filled yet: `worktree.ready` tells. */
  async createWorktree(directory: string, name: string): Promise<{ name: string; directory: string }> {
    const make = (signal: AbortSignal) =>
      this.#client.worktree.create({ directory, worktreeCreateInput: { name } }, { signal });
    return await this.#ask("a working tree", worktree, make, FILES_LIMIT_MS);
  }

  /** Removes such a working tree, with all that is in it, and what the server holds of it. */
  async removeWorktree(directory: string, copy: string): Promise<void> {
    await this.#ask("an end", z.unknown(), (signal) => this.#client.instance.dispose({ directory: copy }, { signal }));
    const remove = (signal: AbortSignal) =>
      this.#client.worktree.remove({ directory, worktreeRemoveInput: { directory: copy } }, { signal });
    await this.#ask("an answer to a removal", z.unknown(), remove, FILES_LIMIT_MS);
  }

  /** Applies a patch of git to a working tree. */
  async applyPatch(directory: string, patch: string): Promise<void> {
    const apply = (signal: AbortSignal) => this.#client.vcs.apply({ directory, patch }, { signal });
    await this.#ask("an answer to a patch", z.unknown(), apply, FILES_LIMIT_MS);
  }

  /** What a command of the shell prints, in a session that is there for that. */
  async shell({ sessionId, directory, agent, model }: ShellSession, command: string, moreMs = 0): Promise<string> {
    const choice = model === undefined ? {} : { model: { providerID: model.providerId, modelID: model.modelId } };
    const call = { sessionID: sessionId, directory, agent, command, ...choice };
    const run = (signal: AbortSignal) => this.#client.session.shell(call, { signal });
    const { parts } = await this.#ask("an answer to a command", shellAnswer, run, FILES_LIMIT_MS + moreMs);
    return parts.map(({ state }) => state.output).join("\n");
  }

  /** A text file of a directory. */
  async readText(directory: string, path: string): Promise<string> {
    const file = z.object({ type: z.literal("text"), content: z.string() });
    const read = (signal: AbortSignal) => this.#client.file.read({ directory, path }, { signal });
    return (await this.#ask("a file", file, read, FILES_LIMIT_MS)).content;
  }

  async deleteSession(sessionId: string): Promise<void> {
    const remove = (signal: AbortSignal) => this.#client.session.delete({ sessionID: sessionId }, { signal });
    await this.#ask("an answer to a deletion", z.unknown(), remove);
  }

  /** Makes a session below the caller's; what nobody can be asked is denied, as `opencode run` does it. */
  async createSession({ directory, title, parentId, instanceId }: NewSession): Promise<string> {
    const permission = ["question", "plan_enter", "plan_exit"].map((name) => ({
      permission: name,
      pattern: "*",
      action: "deny" as const,
    }));
    const parent = parentId === undefined ? {} : { parentID: parentId };
    const session = { directory, title, ...parent, metadata: { bizar: { instanceId } }, permission };
    const create = (signal: AbortSignal) => this.#client.session.create(session, { signal });
    const { id, time } = await this.#ask("a session", newSession, create, FIRST_ANSWER_LIMIT_MS);
    // Late by the way back: a message whose id is behind the time is in its place all the same.
    this.#aheadMs = time.created - this.clock.now();
    return id;
  }

  /** Milliseconds since the epoch as the server counts them, by which it orders its messages: as it was heard last. */
  now(): number {
    return this.clock.now() + this.#aheadMs;
  }

  /** Starts a turn; settles when the server has taken the prompt. */
  async prompt(given: Prompt): Promise<void> {
    const { sessionId, directory, agent, model, text, messageId, metadata, isNote = false } = given;
    const prompt = {
      ...(isNote ? { noReply: true } : {}),
      ...{ sessionID: sessionId, directory, agent, messageID: messageId },
      model: { providerID: model.providerId, modelID: model.modelId },
      ...(model.variant === undefined ? {} : { variant: model.variant }),
      parts: [{ type: "text" as const, text, metadata, ...(isNote ? { synthetic: true } : {}) }],
    };
    const send = (signal: AbortSignal) => this.#client.session.promptAsync(prompt, { signal });
    await this.#ask("an answer to a prompt", z.unknown(), send, FIRST_ANSWER_LIMIT_MS);
  }

  async deleteMessage(sessionId: string, directory: string, messageId: string): Promise<void> {
    const call = { sessionID: sessionId, directory, messageID: messageId };
    const remove = (signal: AbortSignal) => this.#client.session.deleteMessage(call, { signal });
    await this.#ask("an answer to a deletion", z.unknown(), remove);
  }

  /** Has all hear words who hear the events of a directory. */
  async publish(directory: string, words: string): Promise<void> {
    const send = (signal: AbortSignal) => this.#client.tui.publish({ directory, body: busWords(words) }, { signal });
    await this.#ask("an answer to words", z.unknown(), send);
  }

  /** The names of the tools that there are in a directory. */
  async toolNames(directory: string): Promise<readonly string[]> {
    const read = (signal: AbortSignal) => this.#client.tool.ids({ directory }, { signal });
    return await this.#ask("its tools", z.array(z.string()), read, FIRST_ANSWER_LIMIT_MS);
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
    schema: z.ZodMiniType<T>,
    call: (signal: AbortSignal) => Promise<{ data?: unknown; error?: unknown; response?: Response | undefined }>,
    limitMs = ANSWER_LIMIT_MS,
  ): Promise<T> {
    const failed = `${this.#name} did not give ${what}`;
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
