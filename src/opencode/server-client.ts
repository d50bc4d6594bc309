import { cached } from "../lib/cache.ts";
import type { Clock } from "../lib/clock.ts";
import { systemClock } from "../lib/system-clock.ts";
import { busWords } from "./bus-words.ts";
import type { ModelChoice } from "../supervisor/instance.ts";
import { answering, type Answering } from "./answer-questions.ts";
import type { HostMessage } from "./answers.ts";
import { Api } from "./api.ts";
import { ApiError } from "./api-error.ts";
import { ownMetadata, type OwnMetadata } from "./own-metadata.ts";
import { runRules } from "./run-session.ts";
import { overHttp, type Fetch } from "./over-http.ts";

/** The first request of a directory loads its configuration, plugins and servers. */
const FIRST_ANSWER_LIMIT_MS = 60_000;
/** A turn that is to be stopped does not wait for long. */
const ABORT_LIMIT_MS = 3000;
const HEALTH_LIMIT_MS = 3000;
/** What git does with large files, over a network. */
const FILES_LIMIT_MS = 300_000;
/** So many of the last messages hold a turn of usual length. */
const LAST_MESSAGES = 50;

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
  readonly metadata: OwnMetadata;
  /** Nobody asks: what runs sees it at its next step, and nothing begins with it. */
  readonly isNote?: boolean;
}

/** A session for commands of the shell. */
export type ShellSession = Pick<Prompt, "sessionId" | "directory" | "agent"> & {
  /** Absent: the server's own choice. */
  readonly model: ModelChoice | undefined;
};

/** What is asked of an `opencode serve`. */
export class ServerClient {
  readonly #api: Api;
  /** Of every request; a connection that is kept for the next one may have died unheard, and is next to nothing to make. */
  readonly #headers: Record<string, string>;
  readonly #url: string;
  /** How much further its clock is. */
  #aheadMs = 0;

  constructor(
    { url, password, username = "opencode", name = "The warm opencode server" }: ServerAddress,
    private readonly fetch: Fetch,
    private readonly clock: Clock = systemClock,
  ) {
    this.#url = url;
    const secret = Buffer.from(`${username}:${password}`).toString("base64");
    this.#headers = { connection: "close", ...(password === undefined ? {} : { authorization: `Basic ${secret}` }) };
    const secrets = password === undefined || password === "" ? [] : [secret, password];
    this.#api = new Api(overHttp(url, { headers: this.#headers, fetch, secrets }), name, clock);
  }

  /** Opens the one stream of the events of all directories. */
  async events(signal: AbortSignal): Promise<Response> {
    const headers = { ...this.#headers, accept: "text/event-stream" };
    return await this.fetch(new Request(`${this.#url}/global/event`, { headers, signal, redirect: "manual" }));
  }

  /** @returns the version of opencode */
  async health(limitMs = HEALTH_LIMIT_MS): Promise<string> {
    const request = { method: "get", url: "/global/health" } as const;
    return (await this.#api.ask("its health", "health", request, limitMs)).version;
  }

  /** Whether a directory is in a working tree of git. */
  async isInRepository(directory: string): Promise<boolean> {
    const request = { method: "get", url: "/project/current", query: { directory } } as const;
    return (await this.#api.ask("its project", "project", request, FIRST_ANSWER_LIMIT_MS)).id !== "global";
  }

  /** Whether there is such a directory. */
  async isThere(directory: string): Promise<boolean> {
    try {
      const query = { directory, path: "" };
      await this.#api.send("a folder", { method: "get", url: "/file", query }, FIRST_ANSWER_LIMIT_MS);
      return true;
    } catch (error) {
      // Of what is not there it says that it is in trouble.
      if (error instanceof ApiError && error.status !== undefined && error.status !== 401) return false;
      throw error;
    }
  }

  /** Makes a working tree of the repository of a directory. It is not filled yet: `worktree.ready` tells. */
  async createWorktree(directory: string, name: string): Promise<{ name: string; directory: string }> {
    const url = "/experimental/worktree";
    const request = { method: "post", url, query: { directory }, body: { name } } as const;
    return await this.#api.ask("a working tree", "worktree", request, FILES_LIMIT_MS);
  }

  /** Removes such a working tree, with all that is in it, and what the server holds of it. */
  async removeWorktree(directory: string, copy: string): Promise<void> {
    await this.#api.send("an end", { method: "post", url: "/instance/dispose", query: { directory: copy } });
    const url = "/experimental/worktree";
    const request = { method: "delete", url, query: { directory }, body: { directory: copy } } as const;
    await this.#api.send("an answer to a removal", request, FILES_LIMIT_MS);
  }

  /** Applies a patch of git to a working tree. */
  async applyPatch(directory: string, patch: string): Promise<void> {
    const request = { method: "post", url: "/vcs/apply", query: { directory }, body: { patch } } as const;
    await this.#api.send("an answer to a patch", request, FILES_LIMIT_MS);
  }

  /** What a command of the shell prints, in a session that is there for that. */
  async shell({ sessionId, directory, agent, model }: ShellSession, command: string, moreMs = 0): Promise<string> {
    const body = { agent, command, ...(model === undefined ? {} : { model: named(model) }) };
    const at = { path: { sessionID: sessionId }, query: { directory } };
    const request = { method: "post", url: "/session/{sessionID}/shell", ...at, body } as const;
    const { parts } = await this.#api.ask("an answer to a command", "shell", request, FILES_LIMIT_MS + moreMs);
    return parts.map(({ state }) => state.output).join("\n");
  }

  /** A text file of a directory. */
  async readText(directory: string, path: string): Promise<string> {
    const request = { method: "get", url: "/file/content", query: { directory, path } } as const;
    return (await this.#api.ask("a file", "textFile", request, FILES_LIMIT_MS)).content;
  }

  async deleteSession(sessionID: string): Promise<void> {
    const request = { method: "delete", url: "/session/{sessionID}", path: { sessionID } } as const;
    await this.#api.send("an answer to a deletion", request);
  }

  /** Makes a session below the caller's; what nobody can be asked is denied, as `opencode run` does it. */
  async createSession({ directory, title, parentId, instanceId }: NewSession): Promise<string> {
    const parent = parentId === undefined ? {} : { parentID: parentId };
    const body = { title, ...parent, metadata: ownMetadata({ instanceId }), permission: runRules() };
    const request = { method: "post", url: "/session", query: { directory }, body } as const;
    const { id, time } = await this.#api.ask("a session", "newSession", request, FIRST_ANSWER_LIMIT_MS);
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
    const body = {
      ...(isNote ? { noReply: true } : {}),
      ...{ agent, messageID: messageId, model: named(model) },
      ...(model.variant === undefined ? {} : { variant: model.variant }),
      parts: [{ type: "text" as const, text, metadata, ...(isNote ? { synthetic: true } : {}) }],
    };
    const at = { path: { sessionID: sessionId }, query: { directory } };
    const request = { method: "post", url: "/session/{sessionID}/prompt_async", ...at, body } as const;
    await this.#api.send("an answer to a prompt", request, FIRST_ANSWER_LIMIT_MS);
  }

  async deleteMessage(sessionID: string, directory: string, messageID: string): Promise<void> {
    const at = { path: { sessionID, messageID }, query: { directory } };
    const request = { method: "delete", url: "/session/{sessionID}/message/{messageID}", ...at } as const;
    await this.#api.send("an answer to a deletion", request);
  }

  /** Has all hear words who hear the events of a directory. */
  async publish(directory: string, words: string): Promise<void> {
    const request = { method: "post", url: "/tui/publish", query: { directory }, body: busWords(words) } as const;
    await this.#api.send("an answer to words", request);
  }

  /** The names of the tools that there are in a directory. */
  async toolNames(directory: string): Promise<readonly string[]> {
    const request = { method: "get", url: "/experimental/tool/ids", query: { directory } } as const;
    return await this.#api.ask("its tools", "toolNames", request, FIRST_ANSWER_LIMIT_MS);
  }

  /** The last messages of a session, oldest first; all of them with `all`. */
  async messages(sessionID: string, all: boolean): Promise<HostMessage[]> {
    const query = all ? {} : { limit: LAST_MESSAGES };
    const request = { method: "get", url: "/session/{sessionID}/message", path: { sessionID }, query } as const;
    return await this.#api.ask("the messages of a session", "messages", request);
  }

  /** The sessions of a directory whose turn runs. */
  async busySessions(directory: string): Promise<Set<string>> {
    const request = { method: "get", url: "/session/status", query: { directory } } as const;
    const found = await this.#api.ask("the status of its sessions", "statuses", request);
    return new Set(Object.keys(found).filter((id) => found[id]?.type !== "idle"));
  }

  /** The sessions of the native subagents of a session. */
  async children(sessionID: string): Promise<string[]> {
    const request = { method: "get", url: "/session/{sessionID}/children", path: { sessionID } } as const;
    return (await this.#api.ask("the subagents of a session", "sessions", request)).map(({ id }) => id);
  }

  /** What waits for an answer in a directory, as the events told it. */
  async openQuestions(directory: string): Promise<{ type: string; properties: { id: string; sessionID: string } }[]> {
    const query = { directory };
    const [permissions, questions] = await Promise.all([
      this.#api.ask("its permissions", "openRequests", { method: "get", url: "/permission", query }),
      this.#api.ask("its questions", "openRequests", { method: "get", url: "/question", query }),
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
    const request = { method: "get", url: "/agent", query: { directory } } as const;
    return await this.#api.ask("its agents", "agents", request, FIRST_ANSWER_LIMIT_MS);
  });

  /** Stops the turn of a session, and the commands of its tools. */
  async abort(sessionID: string): Promise<void> {
    const request = { method: "post", url: "/session/{sessionID}/abort", path: { sessionID } } as const;
    await this.#api.send("an answer to an abort", request, ABORT_LIMIT_MS);
  }

  /** Answers what the sessions of a directory ask. */
  answering(directory: string): Answering {
    return answering(async () => await Promise.resolve(this.#api), directory);
  }
}

function named({ providerId, modelId }: ModelChoice): { providerID: string; modelID: string } {
  return { providerID: providerId, modelID: modelId };
}
