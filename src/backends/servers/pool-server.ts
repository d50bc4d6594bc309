import { randomBytes } from "node:crypto";
import { formatToAgent, type ToAgent } from "../../agent-role/lent-agent.ts";
import { parseServerReport } from "../../agent-role/server-report.ts";
import { describeError } from "../../lib/describe-error.ts";
import type { Clock, Timer } from "../../lib/clock.ts";
import { readBusWords } from "../../opencode/bus-words.ts";
import { turnsOf } from "../../opencode/turns.ts";
import type { TranscriptTurn } from "../../supervisor/ports.ts";
import type { AgentServer, Elsewhere } from "../warm/agent-server.ts";
import { EventStream, type ServerEvent } from "../warm/event-stream.ts";
import { ApiError, isUnanswered } from "../../opencode/api-error.ts";
import type { Fetch } from "../../opencode/over-http.ts";
import { ServerClient } from "../../opencode/server-client.ts";
import { ServerStrays } from "../warm/server-strays.ts";
import { SessionListeners, type SessionListener } from "../warm/session-listeners.ts";
import { ASK_USER } from "../../text/own-tools.ts";

/** How long a server may take to say that it is there; a tunnel that begins is slow. */
const CONNECT_LIMIT_MS = 10_000;
/** Several agents in a row use one line. */
const IDLE_MS = 10_000;
/** A stream of events is heard of every 10 s: one that is silent is noticed by then. */
const UNNOTICED_MS = 30_000;
const LOOK_AGAIN_MS = 1000;
/** How long one that could not be used is left out where any server will do. */
const LEFT_OUT_MS = 60_000;

/** Events may have been missed. */
export const GAP: ServerEvent = { type: "bizar.gap", properties: undefined };

/** A server of the pool, as the core knows it: how it is written is in the options. */
export interface PoolServerOptions {
  readonly name: string;
  readonly url: string;
  readonly passwordEnv?: string | undefined;
  readonly username: string;
  readonly directory: string;
  readonly fetch: boolean;
  readonly reconnectMs: number;
}

export interface PoolServerParts {
  readonly options: PoolServerOptions;
  readonly environment: NodeJS.ProcessEnv;
  /** The version of opencode here. */
  readonly version: () => Promise<string>;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** Why an agent cannot have a server, in words; or nothing: it has it. */
export type Refusal = string | undefined;

/** The line to one `opencode serve` elsewhere, which nobody here has started. */
export class PoolServer implements AgentServer, Elsewhere {
  readonly process = undefined;
  /** What the plugin there knows too. */
  readonly nonce = randomBytes(12).toString("hex");
  readonly isGone = false;
  readonly strays: ServerStrays;
  readonly client: ServerClient;
  readonly options: PoolServerOptions;
  readonly #listeners = new SessionListeners();
  readonly #events = new Set<(event: ServerEvent) => void>();
  #stream: EventStream | undefined;
  #users = 0;
  #idle: Timer | undefined;
  /** While the line is broken, and may come back. */
  #away: { readonly until: number; readonly timer: Timer; readonly over: PromiseWithResolvers<boolean> } | undefined;
  #leftOutUntil = 0;
  #isLookedAt = false;
  #checking: Promise<Refusal> | undefined;
  /** Whether the line has been there, since it was opened last. */
  #isOpen = false;
  /** Why it was not there when it was looked at last. */
  #whyBroken = "";
  /** What does not change while the line holds. */
  #hasFolder = false;
  #hasPlugin = false;

  readonly elsewhere: Elsewhere = this;

  constructor(private readonly parts: PoolServerParts) {
    const { options, environment, fetch, clock } = parts;
    const { url, username, name, passwordEnv } = options;
    const password = passwordEnv === undefined ? undefined : environment[passwordEnv];
    this.options = options;
    this.strays = new ServerStrays(clock);
    this.client = new ServerClient({ url, password, username, name }, fetch, clock);
  }

  /** Whether it can be used, as far as is known now; `undefined`: nobody has looked lately. */
  get seemsUsable(): boolean | undefined {
    if (this.parts.clock.now() < this.#leftOutUntil || this.#away !== undefined) return false;
    return this.#hasFolder || undefined;
  }

  /** Looks whether it can be used, unless somebody does that now. Never rejects. */
  async look(known: () => void): Promise<void> {
    if (this.#isLookedAt) return;
    this.#isLookedAt = true;
    await this.#opened();
    this.#isLookedAt = false;
    this.release();
    known();
  }

  /**
   * Opens the line for a turn, which gives it back with {@link PoolServer.release}, whatever comes of it.
   *
   * @param agent has to be known there
   */
  async take(agent: string): Promise<Refusal> {
    return (await this.#opened()) ?? (await this.#whyNoAgent(agent));
  }

  async #opened(): Promise<Refusal> {
    this.#users += 1;
    this.#idle?.clear();
    if (!(await this.back())) return this.#cannotBeReached("The line broke.");
    // What was found on a line that holds is so as long as that holds.
    const refusal = this.#hasFolder ? undefined : await this.#checked();
    this.#leftOutUntil = refusal === undefined ? 0 : this.parts.clock.now() + LEFT_OUT_MS;
    return refusal;
  }

  /** One look for all who wait for it. */
  async #checked(): Promise<Refusal> {
    this.#checking ??= this.whyUnusable();
    const refusal = await this.#checking;
    this.#checking = undefined;
    return refusal;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#idle = this.parts.clock.after(IDLE_MS, () => this.close());
  }

  /** Settles when the line is there: with `false` where it has not come back in time. */
  async back(): Promise<boolean> {
    return (await this.#away?.over.promise) ?? true;
  }

  /**
   * {@link PoolServer.back}, where a request was not answered: the line may be broken, and nobody may have noticed yet.
   */
  async backAfterFailure(): Promise<boolean> {
    const { clock } = this.parts;
    const end = clock.now() + UNNOTICED_MS;
    while (this.#away === undefined && clock.now() < end) {
      try {
        await this.client.health();
        return true;
      } catch {
        await new Promise<void>((resolve) => clock.after(LOOK_AGAIN_MS, resolve));
      }
    }
    return this.#away !== undefined && (await this.back());
  }

  /** Until when the line may come back; `undefined`: nothing is known to be wrong with it. */
  get awayUntil(): number | undefined {
    return this.#away?.until;
  }

  listen(sessionId: string, listener: SessionListener): () => void {
    const unlisten = this.#listeners.add(sessionId, listener);
    if (this.#away !== undefined) listener.away(this.#away.until);
    return unlisten;
  }

  adopt(childId: string, sessionId: string): void {
    this.#listeners.adopt(childId, sessionId);
  }

  now(): number {
    return this.client.now();
  }

  async say(directory: string, told: ToAgent): Promise<void> {
    if (!this.#hasPlugin) return;
    // A line that is broken: once it is back the plugin there says again what it asks.
    await this.client.publish(directory, formatToAgent(this.nonce, told)).catch(() => undefined);
  }

  /** Every event of the server, and {@link GAP}, until the returned function is called. */
  hear(onEvent: (event: ServerEvent) => void): () => void {
    this.#events.add(onEvent);
    return () => void this.#events.delete(onEvent);
  }

  /**
   * The turns of a session there. Rejects when it cannot tell.
   *
   * @param prompts the messages that are known to begin a turn
   */
  async turns(sessionId: string, prompts: ReadonlySet<string> = new Set()): Promise<TranscriptTurn[]> {
    return turnsOf(await this.client.messages(sessionId, true), prompts);
  }

  /** Nobody here may end it. */
  async suspect(): Promise<void> {
    await Promise.resolve();
  }

  async whyOrphan(): Promise<undefined> {
    return await Promise.resolve(undefined);
  }

  close(): void {
    this.#hasFolder = false;
    this.#isOpen = false;
    this.#idle?.clear();
    this.#stream?.close();
    this.#stream = undefined;
    this.#isBack(false);
  }

  /** Opens the line, and looks at all that an agent needs but its own kind. */
  async whyUnusable(): Promise<Refusal> {
    const { options, environment } = this.parts;
    const { name, url, passwordEnv, directory } = options;
    if (passwordEnv !== undefined && !environment[passwordEnv]) {
      return `The password of ${name} is not there: set ${passwordEnv} in the environment of opencode, and start that again.`;
    }
    try {
      const [there, here] = await Promise.all([this.client.health(CONNECT_LIMIT_MS), this.parts.version()]);
      if (there !== here) {
        return (
          `opencode on ${name} is ${there === "" ? "of a version that it does not tell" : `version ${there}`}, and here it is ` +
          `${here}. Agents need the same version in both: update one of them.`
        );
      }
      await this.#open();
      if (this.#hasFolder) return undefined;
      if (!(await this.client.isThere(directory))) {
        return `There is no folder ${directory} on ${name}: clone the repository there, or mend "directory" of the server.`;
      }
      if (!(await this.client.isInRepository(directory))) {
        return (
          `${directory} on ${name} is no repository of git with a commit, or git does not trust its owner (safe.directory): ` +
          `it has to be a clone of this one, of the user that opencode serve runs as.`
        );
      }
      this.#hasPlugin = (await this.client.toolNames(directory)).includes(ASK_USER);
      this.#hasFolder = true;
      return undefined;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        const variable = passwordEnv ?? `none: set "passwordEnv" of the server`;
        return `${name} does not take the password (from ${variable}): it has to be that of OPENCODE_SERVER_PASSWORD there.`;
      }
      return isUnanswered(error)
        ? this.#cannotBeReached(describeError(error))
        : `${name} at ${url} does not answer as an opencode server does: ${describeError(error)} See that "url" is the address of opencode serve.`;
    }
  }

  #cannotBeReached(why: string): string {
    const { name, url } = this.parts.options;
    return `${name} cannot be reached at ${url}: ${why} See that opencode serve runs there, and that nothing is in between.`;
  }

  async #whyNoAgent(agent: string): Promise<Refusal> {
    const { name, directory } = this.parts.options;
    try {
      if ((await this.client.agentDefinition(directory, agent)) !== undefined) return undefined;
      return `There is no agent ${JSON.stringify(agent)} on ${name}: configure it there, or take one that is.`;
    } catch (error) {
      return this.#cannotBeReached(describeError(error));
    }
  }

  async #open(): Promise<void> {
    const { clock } = this.parts;
    this.#stream ??= new EventStream({
      open: async (signal) => await this.client.events(signal),
      onEvent: (event) => this.#event(event),
      onGap: () => {
        this.#isBack(true);
        this.#listeners.gap();
        for (const hear of this.#events) hear(GAP);
      },
      onBroken: (why) => this.#broke(why),
      report: () => undefined,
      clock,
    });
    const late = Promise.withResolvers<never>();
    const { name } = this.parts.options;
    const limit = clock.limit(CONNECT_LIMIT_MS, () =>
      late.reject(
        new ApiError(
          `${name} did not send its events within ${CONNECT_LIMIT_MS / 1000} s. ${this.#whyBroken}`.trim(),
          undefined,
        ),
      ),
    );
    try {
      await Promise.race([this.#stream.connected, late.promise]);
      this.#isOpen = true;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      limit.clear();
    }
  }

  #event(event: ServerEvent): void {
    for (const hear of this.#events) hear(event);
    const report = parseServerReport(this.nonce, readBusWords(event) ?? "");
    if (report !== undefined) this.#listeners.report(report);
    if (event.type === "server.heartbeat") this.#listeners.heartbeat();
    else this.#listeners.event(event);
  }

  #broke(why: string): void {
    this.#hasFolder = false;
    this.#whyBroken = why;
    if (!this.#isOpen || this.#away !== undefined) return;
    const { clock, options } = this.parts;
    const { name, url, reconnectMs } = options;
    const until = clock.now() + reconnectMs;
    const timer = clock.limit(reconnectMs, () => {
      const words = `The line to ${name} (${url}) broke and has not come back within ${reconnectMs} ms (reconnectMs): ${why}.`;
      this.#listeners.lost(words);
      // Whoever comes next tries anew.
      this.close();
    });
    this.#away = { until, timer, over: Promise.withResolvers() };
    this.#listeners.away(until);
  }

  #isBack(isThere: boolean): void {
    const away = this.#away;
    this.#away = undefined;
    away?.timer.clear();
    away?.over.resolve(isThere);
    if (away !== undefined && isThere) this.#listeners.away(null);
  }
}
