import { randomBytes } from "node:crypto";
import { formatExit } from "./describe-exit.ts";
import { ROLE_VARIABLE, type ServerRole } from "../../agent-role/role.ts";
import { describeError } from "../../lib/describe-error.ts";
import { MODELS_PATH } from "../../opencode/models-path.ts";
import { endChild } from "../../processes/end-child.ts";
import { endTree, endTreeNow, MARKER_NAME, type Tree } from "../../processes/end-tree.ts";
import { startTimeOf, type ProcessIdentity } from "../../processes/process-table.ts";
import type { SupervisorIdentity } from "../../processes/supervisor-identity.ts";
import type { Clock } from "../../lib/clock.ts";
import type { LogSink } from "../log-sink.ts";
import { orphanWords } from "../orphan-words.ts";
import { EventStream, type ServerEvent } from "./event-stream.ts";
import { ApiError } from "../../opencode/api-error.ts";
import type { Fetch } from "../../opencode/over-http.ts";
import { ServerClient } from "../../opencode/server-client.ts";
import { freePort, isFree } from "./free-port.ts";
import { holdLifeline } from "./lifeline.ts";
import { ServerOutput } from "./server-output.ts";
import { ServerStrays } from "./server-strays.ts";
import { SessionListeners, type SessionListener } from "./session-listeners.ts";

/** A machine that is busy with other starts takes its time. */
const START_LIMIT_MS = 60_000;
/** How long one that does not answer any more may take to say that it is healthy. */
const HEALTH_LIMIT_MS = 5000;
const HEALTH_ATTEMPTS = 3;
const PORT_ATTEMPTS = 3;

export interface WarmServerParts {
  /** The opencode binary: the host's own. */
  readonly binary: string;
  /** Where it runs; the directories of the agents come with each request. */
  readonly directory: string;
  readonly identity: SupervisorIdentity;
  readonly onExit: ServerRole["onExit"];
  /** How the server answers questions once its host is gone. */
  readonly skipPermissions: boolean;
  /** Whether the user is asked what agents ask, and for how long a question waits. */
  readonly asks?: boolean;
  readonly permissionWaitMs?: number;
  /** What the loop guard goes by. */
  readonly guard: ServerRole["guard"];
  readonly environment: NodeJS.ProcessEnv;
  /** The list of models that it reads; opencode's own where there is none. */
  readonly modelsPath?: string | undefined;
  /** Where the own folders of agents are, where that is not in the state folder. */
  readonly worktreeDir?: string | undefined;
  /** What everything it starts carries. */
  readonly marker: string;
  readonly log: LogSink;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** Why a server is gone, in words. */
export type Gone = (why: string) => void;

type Child = Bun.Subprocess<"ignore", "pipe", "pipe">;

/** One `opencode serve` for the sessions of all warm agents. */
export class WarmServer {
  readonly process: ProcessIdentity;
  readonly client: ServerClient;
  readonly strays: ServerStrays;
  readonly #parts: WarmServerParts;
  readonly #stream: EventStream;
  readonly #listeners: SessionListeners;
  readonly #child: Child;
  readonly #output: ServerOutput;
  readonly #drained: Promise<void>;
  #isGone = false;

  private constructor(parts: WarmServerParts, started: StartedServer, onGone: Gone) {
    this.#parts = parts;
    this.process = started.process;
    this.client = started.client;
    this.#child = started.child;
    this.#output = started.output;
    this.#drained = started.drained;
    this.strays = new ServerStrays(parts.clock);
    this.#listeners = new SessionListeners();
    this.#stream = new EventStream({
      open: async (signal) => await this.client.events(signal),
      onEvent: (event) => this.#event(event),
      onGap: () => this.#listeners.gap(),
      report: (message) => parts.log.write("stderr", `bizar: ${message}`),
      clock: parts.clock,
    });
    started.output.onReport = (report) => {
      if (report.tree !== undefined) this.strays.reported(report.tree);
      this.#listeners.report(report);
    };
    void started.ended.then(async (how) => await this.#gone(`The opencode server of the warm agents ${how}.`, onGone));
  }

  /**
   * Starts a server and waits until it says that it listens, answers, and sends its events.
   *
   * @param onGone told once, when it has ended after that, for whatever cause
   * @throws Error with its last words, when it does not come to that
   */
  static async start(parts: WarmServerParts, onGone: Gone): Promise<WarmServer> {
    const { clock, marker, log } = parts;
    const late = Promise.withResolvers<never>();
    const limit = clock.limit(START_LIMIT_MS, () =>
      late.reject(new Error(`It was not ready within ${START_LIMIT_MS / 1000} s.`)),
    );
    let server: WarmServer | undefined;
    const output = new ServerOutput(log);
    try {
      const started = await Promise.race([startChild(parts, output), late.promise]);
      await Promise.race([healthy(started.client), late.promise]);
      server = new WarmServer(parts, started, onGone);
      await Promise.race([server.#stream.connected, late.promise]);
      return server;
    } catch (error) {
      server?.endNow();
      await endTree({ marker }, 0);
      if (output.orphanWhy !== undefined) throw new Error(orphanWords(output.orphanWhy), { cause: error });
      const words = output.lastLines.length === 0 ? "" : ` Its last words: ${output.lastLines.join(" | ")}`;
      log.close();
      throw new Error(
        `The opencode server of the warm agents could not be started as ${parts.binary}: ${describeError(error)}${words}`,
        { cause: error },
      );
    } finally {
      limit.clear();
    }
  }

  /** What only the plugin inside and this host know. */
  get nonce(): string {
    return this.#output.nonce;
  }

  /** Whether it has ended. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Hands on what concerns a session and its native subagents, until the returned function is called. */
  listen(sessionId: string, listener: SessionListener): () => void {
    return this.#listeners.add(sessionId, listener);
  }

  /** A session is a native subagent's of another one. */
  adopt(childId: string, sessionId: string): void {
    this.#listeners.adopt(childId, sessionId);
  }

  /** Something was not answered: a server that is not healthy any more is ended. */
  async suspect(): Promise<void> {
    const late = Promise.withResolvers<never>();
    const limit = this.#parts.clock.limit(HEALTH_LIMIT_MS, () => late.reject(new Error("no answer")));
    try {
      await Promise.race([this.client.health(), late.promise]);
    } catch (error) {
      this.#parts.log.write("stderr", `bizar: the server is not healthy (${describeError(error)}): it is ended.`);
      await this.end();
    } finally {
      limit.clear();
    }
  }

  /**
   * Why a request was not answered, where that is because the server does not count as this host's, and has ended itself.
   * Never rejects.
   */
  async whyOrphan(): Promise<string | undefined> {
    await this.suspect();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) await this.#drained;
    return this.#output.orphanWhy === undefined ? undefined : orphanWords(this.#output.orphanWhy);
  }

  /** Ends it and everything it started; settles when nothing is left, or nobody can tell. Never rejects. */
  async end(): Promise<void> {
    const { unseen } = await endTree(this.#tree(), 0);
    this.#tellUnseen(unseen);
  }

  /** {@link WarmServer.end} at once and without waiting. */
  endNow(): void {
    this.#isGone = true;
    this.#stream.close();
    const { unseen } = endTreeNow(this.#tree());
    this.#tellUnseen(unseen);
    this.#parts.log.close();
  }

  #tree(): Tree {
    return { root: this.process, marker: this.#parts.marker, strays: this.strays.all };
  }

  /** The server itself is ended all the same: it is a child of this process. */
  #tellUnseen(unseen: string | undefined): void {
    if (unseen === undefined) return;
    endChild(this.#child);
    this.#parts.log.write("stderr", `bizar: what the server left running could not be looked for. ${unseen}`);
  }

  #event(event: ServerEvent): void {
    if (event.type === "server.heartbeat") this.#listeners.heartbeat();
    else this.#listeners.event(event);
  }

  async #gone(why: string, onGone: Gone): Promise<void> {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#stream.close();
    this.strays.died();
    this.#parts.log.write("stderr", `bizar: ${why}`);
    // What it has left behind must not go on while its agents are settled, or started anew.
    await this.end();
    this.#parts.log.close();
    onGone(why);
    this.#listeners.died(why);
  }
}

/** A request that comes a moment before the server is ready may stay without an answer. */
async function healthy(client: ServerClient): Promise<void> {
  for (let attempt = 1; attempt < HEALTH_ATTEMPTS; attempt++) {
    try {
      await client.health();
      return;
    } catch (error) {
      // An answer is an answer.
      if (!(error instanceof ApiError) || error.status !== undefined) throw error;
    }
  }
  await client.health();
}

interface StartedServer {
  readonly process: ProcessIdentity;
  readonly client: ServerClient;
  readonly output: ServerOutput;
  readonly child: Child;
  /** Settles when everything that it has written is read. */
  readonly drained: Promise<void>;
  /** Settles with how it ended. */
  readonly ended: Promise<string>;
}

/** A port of 0 makes opencode take 4096 where that is free: the user's own server may want it. */
async function startChild(parts: WarmServerParts, output: ServerOutput): Promise<StartedServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return await startOn(port, parts, output);
    } catch (error) {
      // opencode takes a second or two until it listens, and does not say why it cannot.
      if (attempt >= PORT_ATTEMPTS || (await isFree(port))) throw error;
      parts.log.write("stderr", `bizar: somebody else has taken port ${port}; another one is tried.`);
    }
  }
}

async function startOn(port: number, parts: WarmServerParts, output: ServerOutput): Promise<StartedServer> {
  const { binary, directory, fetch, clock } = parts;
  const password = randomBytes(24).toString("base64url");
  const nonce = randomBytes(12).toString("hex");
  output.nonce = nonce;
  const serve = ["serve", "--hostname", "127.0.0.1", "--port", String(port), "--print-logs", "--log-level", "WARN"];
  const child = spawnChild([binary, ...serve], directory, serverEnvironment(parts, password, nonce));
  const release = holdLifeline(child.pid, parts.marker);
  output.onWatching = release;
  const process = { pid: child.pid, startTime: startTimeOf(child.pid) };
  const drained = output.drain(child);
  const ended = child.exited.then(() => {
    release();
    return formatExit(child.exitCode, child.signalCode);
  });
  const early = ended.then(async (how): Promise<never> => {
    await drained;
    throw new Error(`It ${how} before it listened.`);
  });
  const url = await Promise.race([output.listening, early]);
  // From here on an end is no failure to start.
  early.catch(() => undefined);
  return { process, client: new ServerClient({ url, password }, fetch, clock), output, child, drained, ended };
}

function spawnChild(command: string[], cwd: string, env: NodeJS.ProcessEnv): Child {
  try {
    return Bun.spawn(command, { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe", detached: true });
  } catch (error) {
    const advice = `Check that ${command[0]} and ${cwd} exist, or set the option "opencodeBinary".`;
    throw new Error(`${describeError(error)}. ${advice}`, { cause: error });
  }
}

function serverEnvironment(parts: WarmServerParts, password: string, nonce: string): NodeJS.ProcessEnv {
  const { environment, identity, onExit, skipPermissions, asks, permissionWaitMs, guard, marker, modelsPath } = parts;
  const { worktreeDir } = parts;
  const supervisor = { pid: identity.pid, startTime: identity.startTime };
  const role: ServerRole = {
    ...{ kind: "server", instanceId: marker, nonce, supervisor },
    ...{ onExit, skipPermissions, asks, permissionWaitMs, guard, modelsPath, worktreeDir },
  };
  const outer = environment[MARKER_NAME];
  return {
    ...environment,
    OPENCODE_SERVER_USERNAME: "opencode",
    OPENCODE_SERVER_PASSWORD: password,
    [ROLE_VARIABLE]: JSON.stringify(role),
    ...(modelsPath === undefined ? {} : { [MODELS_PATH]: modelsPath }),
    [MARKER_NAME]: outer === undefined ? marker : `${outer}/${marker}`,
  };
}
