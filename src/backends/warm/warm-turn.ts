import { describeError } from "../../lib/describe-error.ts";
import { createMessageId } from "../../opencode/message-id.ts";
import { endTree, endTreeNow, type Tree } from "../../processes/end-tree.ts";
import { Leftovers } from "../../processes/leftovers.ts";
import { systemProcessTable, type ProcessTable } from "../../processes/process-table.ts";
import { brokenEnd } from "../../supervisor/broken-end.ts";
import type { Clock } from "../../lib/clock.ts";
import type { EndCause } from "../../supervisor/outcome.ts";
import type {
  RunningTurn,
  Transcripts,
  TranscriptTurn,
  TurnEnd,
  TurnObserver,
  TurnRequest,
} from "../../supervisor/ports.ts";
import type { Asked, Reply } from "../../supervisor/questions.ts";
import { readTranscript } from "../../supervisor/read-transcript.ts";
import { EvidenceCollector } from "../evidence.ts";
import type { AnswerPort } from "../answer-port.ts";
import type { LoggedTurn, LogSink } from "../log-sink.ts";
import { stoppedEarly } from "../stopped-early.ts";
import { definitionHash } from "./definition-hash.ts";
import { lentTo, type AgentServer } from "./agent-server.ts";
import type { SessionEnd } from "./session-end.ts";
import { WarmSession } from "./warm-session.ts";
import { cutShort, lineLost } from "./ends-elsewhere.ts";
import { plainName } from "../../text/plain-name.ts";
import { unreachable } from "../../lib/unreachable.ts";
import { isUnanswered } from "../../opencode/api-error.ts";

/** How long what a finished agent left running may take to end by itself. */
const LEFTOVER_GRACE_MS = 1000;
/** One for all turns: they share its looks. */
const leftovers = new Leftovers();

/** A server for as long as a turn needs it. */
interface ServerLease {
  readonly server: AgentServer;
  release(): void;
}

export interface WarmTurnParts {
  /** The server for a turn, for as long as it needs it. */
  readonly lease: (turn: TurnRequest) => Promise<ServerLease>;
  readonly skipPermissions: boolean;
  readonly answers: AnswerPort;
  readonly killGraceMs: number;
  readonly openLog: (turn: LoggedTurn) => LogSink;
  /** Reads sessions back where the server cannot any more. */
  readonly transcripts: Transcripts;
  readonly clock: Clock;
  readonly processTable?: ProcessTable;
}

/** One turn in a session of the warm server. */
export class WarmTurn implements RunningTurn {
  readonly ended: Promise<TurnEnd>;
  hasExited = false;
  /** It has ended over a request that nobody answered. */
  wasUnanswered = false;
  readonly #parts: WarmTurnParts;
  readonly #turn: TurnRequest;
  readonly #observer: TurnObserver;
  readonly #log: LogSink;
  readonly #table: ProcessTable;
  readonly #leftovers: Leftovers;
  readonly #stopped = Promise.withResolvers<void>();
  #isStopped = false;
  #isOver = false;
  #stopping: Promise<void> | undefined;
  #server: AgentServer | undefined;
  #session: WarmSession | undefined;
  #sessionId: string | null;
  #resultHeader: string | undefined;

  constructor(parts: WarmTurnParts, turn: TurnRequest, observer: TurnObserver) {
    this.#parts = parts;
    this.#turn = turn;
    this.#observer = observer;
    this.#sessionId = turn.sessionId;
    this.#log = parts.openLog(turn);
    this.#table = parts.processTable ?? systemProcessTable();
    this.#leftovers = parts.processTable === undefined ? leftovers : new Leftovers(parts.processTable);
    this.ended = this.#run().catch((error: unknown) => brokenEnd(this, error));
  }

  answer(asked: Asked, reply: Reply): void {
    this.#session?.answer(asked, reply);
    if (asked.kind !== "question" || this.#server === undefined || this.#server.elsewhere !== undefined) return;
    this.#parts.answers.give(this.#turn.instanceId, this.#server.nonce, asked.askId, reply);
  }

  /** The last message of the agent in its session; `undefined` while it has none. */
  get lastOwn(): string | undefined {
    return this.#session?.lastOwn;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#session?.stopping();
    this.#stopping ??= this.#abort();
    await this.#stopping;
    this.#stopped.resolve();
  }

  stopNow(): void {
    this.#isStopped = true;
    if (this.#sessionId !== null && this.#server?.isGone === false) {
      // The server may live on for others; this turn must not.
      this.#server.client.abort(this.#sessionId).catch((error: unknown) => this.#note(describeError(error)));
    }
    endTreeNow(this.#tree(), this.#table);
    this.#stopped.resolve();
  }

  async #run(): Promise<TurnEnd> {
    let lease: ServerLease | undefined;
    let end: TurnEnd;
    try {
      lease = await this.#lease();
      end = lease === undefined ? stoppedEarly() : await this.#inSession(lease.server);
    } catch (error) {
      end = await this.#failed(error, lease === undefined);
    }
    // A run that was stopped has not come to its own end.
    this.hasExited = !this.#isStopped;
    const unseen = await this.#endLeftovers();
    this.#session?.close();
    this.#parts.answers.clear(this.#turn.instanceId);
    lease?.release();
    this.#log.close();
    this.#isOver = true;
    return { ...end, unseen };
  }

  /** The server; `undefined` when the turn was stopped before it was there. */
  async #lease(): Promise<ServerLease | undefined> {
    const coming = this.#parts.lease(this.#turn);
    const lease = await Promise.race([coming, this.#stopped.promise]);
    if (lease !== undefined && !this.#isStopped) return lease;
    coming.then(
      (late) => late.release(),
      (error: unknown) => this.#note(describeError(error)),
    );
    return undefined;
  }

  async #inSession(server: AgentServer): Promise<TurnEnd> {
    this.#server = server;
    if (server.process !== undefined) this.#observer.spawned(server.process);
    server.strays.turnBegan(this.#turn.instanceId);
    const { clock, skipPermissions, answers } = this.#parts;
    const rules = { skipPermissions, asks: answers.asks, allowed: this.#turn.allowed };
    const found = this.#findSession(server);
    const ready = await Promise.race([found, this.#stopped.promise]);
    if (ready === undefined) {
      // A session that is made yet stays empty.
      found.catch((error: unknown) => this.#note(describeError(error)));
      return stoppedEarly();
    }
    const { sessionId, definition } = ready;
    this.#sessionId = sessionId;
    const [turn, observer, log] = [this.#turn, this.#observer, this.#log];
    observer.sessionIdentified(sessionId, definition);
    if (this.#isStopped) return stoppedEarly();
    const promptId = createMessageId(server.elsewhere?.now() ?? clock.now());
    observer.prompted(promptId);
    const lent = lentTo(server, turn, answers);
    const session = new WarmSession({ server, sessionId, turn, promptId, observer, log, clock, rules, lent });
    this.#session = session;
    if (server.isGone) session.died("The opencode server of the warm agents has just ended.");
    else await this.#prompt(server, session, sessionId);
    const end = await Promise.race([session.over, this.#stopped.promise]);
    const concluded =
      end === undefined
        ? this.#conclude(session, { kind: "broken_off" })
        : await this.#concludeEnd(session, end, promptId);
    return { ...concluded, resultHeader: this.#resultHeader };
  }

  /** The session to work in; made where there is none to go on in. */
  async #findSession(server: AgentServer): Promise<{ sessionId: string; definition: string | undefined }> {
    // Both take their time in a directory that the server does not know yet.
    const [definition, first] = await Promise.all([
      this.#definition(server),
      this.#sessionId === null ? this.#createSession(server) : null,
    ]);
    const sessionId = first ?? this.#goesOnWith(definition) ?? (await this.#createSession(server));
    return { sessionId, definition };
  }

  /** What makes the agent what it is now; what replaces a turn goes on in its session whatever that is. */
  async #definition({ client }: AgentServer): Promise<string | undefined> {
    const { kind, directory, agent, model } = this.#turn;
    if (kind === "intervention" || kind === "fallback") return undefined;
    return definitionHash(await client.agentDefinition(directory, agent), model);
  }

  /** The session to go on in, unless its agent has become another one since it began. */
  #goesOnWith(definition: string | undefined): string | null {
    const { sessionId, definition: before, agent } = this.#turn;
    if (sessionId === null || definition === undefined || before === undefined || before === definition)
      return sessionId;
    this.#resultHeader =
      `[new session: the definition of "${plainName(agent)}" has changed since session ${sessionId} began; ` +
      `the agent remembers nothing of what was said there]`;
    this.#note(this.#resultHeader);
    return null;
  }

  async #createSession({ client }: AgentServer): Promise<string> {
    const { instanceId, agent, directory, parentSessionId, on } = this.#turn;
    return await client.createSession({
      ...{ directory, instanceId, title: `bgr:${plainName(agent)}:${instanceId}` },
      // Elsewhere nobody knows it.
      parentId: on === undefined ? parentSessionId : undefined,
    });
  }

  async #prompt(server: AgentServer, session: WarmSession, sessionId: string): Promise<void> {
    const abort = async () => {
      if (server.isGone) return;
      await server.client.abort(sessionId).catch((cause: unknown) => this.#note(describeError(cause)));
    };
    const prompted = session.prompt().then(
      // What was stopped on its way has only now something that can be stopped.
      async () => await (this.#isStopped ? abort() : undefined),
      async (error: unknown) => {
        // It may yet arrive.
        await abort();
        throw error;
      },
    );
    // A server that ends meanwhile, and a stop, say more than the request that fails over it.
    const first = await Promise.race([session.over, this.#stopped.promise.then(() => "stopped"), prompted]);
    if (first !== undefined) prompted.catch(() => undefined);
  }

  async #concludeEnd(session: WarmSession, end: SessionEnd, promptId: string): Promise<TurnEnd> {
    switch (end.kind) {
      case "idle":
        return this.#conclude(session, { kind: "idle", hasFailed: end.failed });
      case "never_begun":
        return this.#conclude(session, { kind: "idle", hasFailed: true }, end.why);
      case "died":
        return await this.#afterDeath(session, end.why, promptId);
      case "cut":
        return cutShort(session, this.#turn.on, this.#sessionId);
      case "lost":
        return lineLost(session, end.why, this.#sessionId);
      default:
        return unreachable(end);
    }
  }

  #conclude({ evidence }: WarmSession, cause: EndCause, error?: string): TurnEnd {
    const concluded = evidence.conclude(cause);
    const sessionError = concluded.sessionError ?? error;
    return {
      evidence: sessionError === undefined ? concluded : { ...concluded, sessionError },
      textIncomplete: evidence.isIncomplete,
    };
  }

  /** The session outlives its server: what it says of the turn counts. */
  async #afterDeath(session: WarmSession, why: string, promptId: string): Promise<TurnEnd> {
    this.#note(why);
    const { permissionRejected: _, ...seen } = session.evidence.conclude({ kind: "broken_off" });
    const last = await this.#readBack(promptId);
    if (last?.finished === true) {
      const rest = { kind: "idle", hasFailed: false } as const;
      const evidence = { cause: rest, lastErrorLines: [], finish: "stop", words: last.words };
      return { evidence, textIncomplete: false };
    }
    const sessionError = `${why} What the agent did until then is in session ${this.#sessionId}; a message to it goes on there.`;
    return {
      evidence: { ...seen, sessionError, trouble: "died", words: last?.words ?? seen.words },
      textIncomplete: false,
    };
  }

  async #readBack(promptId: string): Promise<TranscriptTurn | undefined> {
    try {
      const { transcripts, clock } = this.#parts;
      const turns = await readTranscript(transcripts, this.#sessionId ?? "", new Set([promptId]), clock, promptId);
      return turns?.find(({ messageId }) => messageId === promptId);
    } catch (error) {
      this.#note(`its session could not be read back: ${describeError(error)}`);
      return undefined;
    }
  }

  /** Ends the turn and its tools, side by side: neither waits for the other. */
  async #abort(): Promise<void> {
    const { killGraceMs } = this.#parts;
    await Promise.all([this.#abortSession(), endTree(this.#tree(), killGraceMs, this.#table)]);
    await this.#session?.catchUp();
  }

  async #abortSession(): Promise<void> {
    const server = this.#server;
    if (server === undefined || server.isGone || this.#sessionId === null) return;
    try {
      await server.client.abort(this.#sessionId);
    } catch (error) {
      this.#note(describeError(error));
      // The turn must end, whatever that takes.
      await server.suspect();
    }
  }

  async #failed(error: unknown, isStart: boolean): Promise<TurnEnd> {
    this.wasUnanswered = isUnanswered(error);
    const orphaned = this.wasUnanswered ? await this.#server?.whyOrphan() : undefined;
    const words = orphaned ?? describeError(error);
    this.#log.write("stderr", `bizar: ${words}`);
    const seen = this.#session?.evidence ?? new EvidenceCollector();
    const hasBegun = !isStart && orphaned === undefined;
    const evidence = seen.conclude(hasBegun ? { kind: "broken_off" } : { kind: "not_started", why: words });
    return { evidence: hasBegun ? { ...evidence, sessionError: words } : evidence, textIncomplete: false };
  }

  /**
   * Ends what the agent started and did not end, and says in the log what it was.
   *
   * @returns why nobody knows whether something is left
   */
  async #endLeftovers(): Promise<string | undefined> {
    await this.#stopping;
    const isOwnEnd = this.#stopping === undefined;
    const { instanceId } = this.#turn;
    this.#server?.strays.turnEnded(instanceId);
    const strays = (await this.#server?.strays.lookedFor(instanceId)) ?? [];
    // Where a cheap look cannot tell, the thorough one goes on until it can, or its time is up.
    const isClean = isOwnEnd && strays.length === 0 && !(await this.#leftovers.has(instanceId).catch(() => true));
    if (isClean) return undefined;
    const { ended, survivors, unseen } = await endTree(this.#tree(), isOwnEnd ? LEFTOVER_GRACE_MS : 0, this.#table);
    for (const { pid, command } of isOwnEnd ? ended : []) {
      this.#note(`ended what the agent left running: ${command} (pid ${pid})`);
    }
    for (const { pid, command } of survivors) this.#note(`could not be ended: ${command} (pid ${pid})`);
    if (unseen !== undefined) this.#note(`what the agent left running could not be looked for. ${unseen}`);
    return unseen;
  }

  #tree(): Tree {
    return { marker: this.#turn.instanceId, strays: this.#server?.strays.of(this.#turn.instanceId) };
  }

  /** What the operator should know, also after the end. */
  #note(text: string): void {
    this.#log.write("stderr", `bizar: ${text}`);
    if (this.#isOver) this.#log.close();
  }
}
