import type { PermissionRules } from "../../agent-role/questions.ts";
import { readHostEvent } from "../../agent-role/host-event.ts";
import type { ServerReport } from "../../agent-role/server-report.ts";
import { TelemetryState } from "../../agent-role/telemetry.ts";
import { TelemetryReporter } from "../../agent-role/telemetry-reporter.ts";
import { describeError } from "../../lib/describe-error.ts";
import { oneOf, shape } from "../../lib/shape.ts";
import type { Asked, Reply } from "../../supervisor/questions.ts";
import type { Clock, Timer } from "../../lib/clock.ts";
import type { TurnObserver, TurnRequest } from "../../supervisor/ports.ts";
import { CONTEXT_FULL, EvidenceCollector } from "../evidence.ts";
import { renderRunEvent } from "../log-lines.ts";
import type { LogSink } from "../log-sink.ts";
import { isOwnText, type RunEvent } from "../run-event.ts";
import { takeTelemetry } from "../take-telemetry.ts";
import type { ServerEvent } from "./event-stream.ts";
import { Questions } from "./questions.ts";
import type { HostMessage } from "../../opencode/answers.ts";
import { isUnanswered } from "../../opencode/api-error.ts";
import { ownMetadata, type Lent } from "../../opencode/own-metadata.ts";
import { sessionChange, sessionOf } from "../../opencode/session-events.ts";
import type { SessionListener } from "./session-listeners.ts";
import type { SessionEnd } from "./session-end.ts";
import { SessionReader } from "./session-reader.ts";
import { LineAway } from "./line-away.ts";
import { PluginElsewhere } from "./plugin-elsewhere.ts";
import { takeError } from "./take-error.ts";
import { withPartIds } from "./part-ids.ts";
import type { AgentServer } from "./agent-server.ts";

const PREVIEW_CHARACTERS = 200;
/** A prompt that was taken and has not reached its session after this long never will. */
const BEGIN_LIMIT_MS = 60_000;
/** A prompt is in its session for a moment before opencode calls that busy. */
const NOT_BUSY_YET_MS = 1000;

const isOverflow = shape({ error: shape({ name: oneOf(CONTEXT_FULL) }) });

export interface WarmSessionParts {
  readonly server: Pick<AgentServer, "client" | "listen" | "adopt" | "elsewhere">;
  readonly sessionId: string;
  readonly turn: TurnRequest;
  /** The id that the message with the prompt is to have. */
  readonly promptId: string;
  readonly observer: TurnObserver;
  readonly log: LogSink;
  readonly clock: Clock;
  readonly rules: PermissionRules;
  /** What the plugin in a server elsewhere has to know of the agent. */
  readonly lent?: Lent | undefined;
}

/** What the server is asked after a gap, or when nothing is heard. */
type Look = "everything" | "only whether it runs";

/**
 * One turn in a session, as the server tells of it: facts to the observer, lines to the log, evidence for the verdict.
 * Where events may have been missed, the server is asked, and what comes meanwhile waits.
 */
export class WarmSession implements SessionListener {
  readonly evidence = new EvidenceCollector();
  readonly #over = Promise.withResolvers<SessionEnd>();
  /** Settles with the end. Never rejects. */
  readonly over: Promise<SessionEnd> = this.#over.promise;
  readonly #parts: WarmSessionParts;
  readonly #reader: SessionReader;
  readonly #questions: Questions;
  readonly #telemetry: TelemetryState;
  readonly #reporter: TelemetryReporter;
  readonly #partIds = withPartIds();
  #textPreview: string | null = null;
  #promptedAt: number | null = null;
  /** When a look first found it idle though nothing says that it has ended; `null` once it runs. */
  #idleAt: number | null = null;
  /** What waits while the server is asked. */
  #held: ServerEvent[] | null = null;
  #asking: Promise<void> = Promise.resolve();
  #mustAskAgain = false;
  /** Events were missed, or may have been, and the server has not told yet what they said. */
  #hasMissed = false;
  #secondLook: Timer | null = null;
  #eventsSinceHeartbeat = 0;
  #isClosed = false;
  readonly #line = new LineAway();
  readonly #plugin: PluginElsewhere;
  /** The last sign of life. */
  #heardAt: number;
  /** The one before the turn was stopped; `null` while it was not. */
  #stoppedAfter: number | null = null;
  /** The last thing that happened was an error. */
  #hasFailed = false;
  readonly #unlisten: () => void;

  constructor(parts: WarmSessionParts) {
    const { server, sessionId, turn, promptId, observer, log, clock, rules } = parts;
    this.#parts = parts;
    const onEvent = (event: RunEvent, isOwn: boolean) => this.#happened(event, isOwn);
    this.#reader = new SessionReader({ sessionId, prompt: promptId, onEvent, now: () => clock.now() });
    this.#questions = new Questions({
      ...{ client: server.client, directory: turn.directory },
      ...{ rules, log },
      changed: (asked, isOpen) => this.#askingChanged(asked, isOpen),
      answeredElsewhere: (askId, reply) => this.#stoppedAfter === null && observer.answeredElsewhere(askId, reply),
      // The next heartbeat asks for what is open.
      onUnanswered: () => void (this.#hasMissed = true),
    });
    this.#plugin = new PluginElsewhere(server, sessionId, turn.directory);
    this.#heardAt = clock.now();
    this.#telemetry = new TelemetryState(sessionId, this.#heardAt, turn.directory);
    this.#reporter = new TelemetryReporter(this.#telemetry, (report) => {
      if (!this.#isClosed) takeTelemetry(this.#line.asSeen(report), { turn, observer, log }, this.#textPreview);
    });
    this.#unlisten = server.listen(sessionId, this);
    this.#reporter.speak();
  }

  /** Sends the prompt. Rejects when it has not reached the session. */
  async prompt(): Promise<void> {
    const { server, sessionId, promptId: messageId, turn } = this.#parts;
    const { directory, agent, model, kind, prompt: text } = turn;
    const metadata = ownMetadata({ kind, lent: this.#parts.lent });
    // Before they can be told to go on: what they ask would be nobody's, and never be answered.
    await this.#adoptEarlier();
    this.#promptedAt = this.#parts.clock.now();
    try {
      await server.client.prompt({ sessionId, directory, agent, model, text, messageId, metadata });
    } catch (error) {
      // It may have arrived all the same.
      await this.#ask();
      // Where the server cannot be asked either, nobody knows; who hears of its session again tells.
      const isOpen = this.#hasMissed && isUnanswered(error);
      if (!this.#reader.hasBegun && !isOpen) throw error;
    }
  }

  /** A subagent of an earlier turn may be told to go on: no event says then whose it is. Never rejects. */
  async #adoptEarlier(): Promise<void> {
    const { server, sessionId, turn, log } = this.#parts;
    if (turn.sessionId !== sessionId) return;
    try {
      for (const child of await server.client.children(sessionId)) server.adopt(child, sessionId);
    } catch (error) {
      this.#hasMissed = true;
      log.write("stderr", `bizar: ${describeError(error)}`);
    }
  }

  /** The last message of the agent; the prompt before there is one. */
  get lastOwn(): string {
    return this.#reader.lastOwn;
  }

  /** The turn is being stopped: what comes from now on is the echo of that, and no sign of life. */
  stopping(): void {
    this.#stoppedAfter ??= this.#heardAt;
  }

  /** Asks the server for whatever no event has told. */
  async catchUp(): Promise<void> {
    await this.#ask();
  }

  /** The last report; nothing is told after it. */
  close(): void {
    this.#unlisten();
    this.#secondLook?.clear();
    this.#reporter.close();
    this.#isClosed = true;
  }

  event(event: ServerEvent): void {
    this.#eventsSinceHeartbeat += 1;
    if (this.#held === null) this.#apply(event);
    else this.#held.push(event);
  }

  /** Gives the agent what came of something that it has asked the user. */
  answer({ askId, kind, ...asked }: Asked, reply: Reply): void {
    this.#questions.answer(askId, reply);
    if (kind !== "question") return;
    this.#askingChanged({ askId, kind, ...asked }, false);
    this.#plugin.answer(askId, reply);
  }

  #askingChanged(asked: Asked, isOpen: boolean): void {
    this.#telemetry.asking.changed(asked, isOpen, this.#parts.clock.now());
    this.#reporter.speak();
  }

  report(report: ServerReport): void {
    if (!this.#plugin.isNews(report)) return;
    const { loopGuard, text, asked, said } = report;
    if (said !== undefined) this.#parts.observer.toldParent(said);
    if (asked !== undefined) this.#askingChanged(asked, true);
    if (loopGuard !== undefined) this.#telemetry.loopGuardGaveUp(loopGuard);
    if (text === "repeated") this.#telemetry.textRepeated();
    this.#reporter.speak();
  }

  gap(): void {
    void this.#ask();
    this.#plugin.gap();
  }

  heartbeat(): void {
    // A session that says nothing may have said it unheard.
    if (this.#hasMissed || this.#eventsSinceHeartbeat === 0) void this.#ask("only whether it runs");
    this.#eventsSinceHeartbeat = 0;
  }

  died(why: string): void {
    this.#over.resolve({ kind: "died", why });
  }

  away(until: number | null): void {
    const told = this.#line.changed(until, this.#parts.clock.now());
    if (told !== undefined) this.#parts.log.write("stderr", `bizar: ${told}`);
    this.#reporter.speak();
  }

  lost(why: string): void {
    this.#over.resolve({ kind: "lost", why });
  }

  #apply(given: ServerEvent): void {
    const event = this.#partIds(given);
    const { type, properties } = event;
    this.#questions.event(event);
    const isOwn = sessionOf(event) === this.#parts.sessionId;
    if (isOwn && this.#promptedAt !== null) this.#reader.event(event);
    // What comes before the prompt is the rest of an earlier turn, and some of that comes late.
    if (this.#reader.hasBegun && !(isOwn && this.#reader.isOfEarlierTurn(event))) this.#count(event);
    if (!isOwn) return;
    if (type === "session.error" && isOverflow(properties)) this.#overflowed();
    if (sessionChange(event)?.to === "idle") {
      this.#becameIdle();
    } else if (type === "session.error" && this.#promptedAt !== null && !this.#reader.hasBegun) {
      // An unknown agent: there is no message, and nothing else follows.
      void this.#ask();
    }
  }

  #overflowed(): void {
    const outcome = this.evidence.overflowed();
    if (outcome !== undefined) this.#parts.observer.mustStop(outcome);
  }

  #count(event: ServerEvent): void {
    const known = readHostEvent(event);
    if (known === undefined) return;
    this.#heardAt = this.#stoppedAfter ?? this.#parts.clock.now();
    if (this.#telemetry.apply(known, this.#heardAt)) this.#reporter.changed();
    else this.#reporter.touched();
    this.evidence.refusedSoFar(this.#telemetry.refusals());
  }

  #becameIdle(): void {
    if (!this.#reader.hasBegun) return;
    if (this.#reader.isComplete && !this.#hasFailed && !this.#hasMissed)
      this.#over.resolve({ kind: "idle", failed: false });
    // Cut short, or the idle of an earlier turn: the server knows.
    else void this.#ask();
  }

  #happened(event: RunEvent, isOwn: boolean): void {
    const { log } = this.#parts;
    const goesOn = isOwn && event.type === "step_finish";
    this.#hasFailed = event.type === "error" || (this.#hasFailed && !goesOn);
    takeError(event, this.evidence);
    this.evidence.happened(event, isOwn);
    for (const line of renderRunEvent(event, isOwn) ?? []) log.write("stdout", line);
    if (isOwnText(event, isOwn)) this.#textPreview = event.part.text.slice(-PREVIEW_CHARACTERS);
  }

  /** Asks the server; while it is being asked, once more after that. Settles when what it told is taken in. */
  async #ask(what: Look = "everything"): Promise<void> {
    this.#hasMissed ||= what === "everything";
    if (this.#held === null) this.#asking = this.#askAndHold();
    else this.#mustAskAgain = true;
    await this.#asking;
  }

  async #askAndHold(): Promise<void> {
    this.#held = [];
    try {
      do {
        this.#mustAskAgain = false;
        await this.#askOnce();
      } while (this.#mustAskAgain && !this.#isClosed);
    } catch (error) {
      // The next heartbeat, or the stream when it is there again, asks once more.
      this.#parts.log.write("stderr", `bizar: ${describeError(error)}`);
    }
    const held = this.#held;
    this.#held = null;
    for (const event of held) this.#apply(event);
  }

  async #askOnce(): Promise<void> {
    const { server, sessionId, turn, clock } = this.#parts;
    const askedAt = clock.now();
    // In this order: what is idle now has nothing more to say.
    const busy = await server.client.busySessions(turn.directory);
    if (busy.has(sessionId)) this.#idleAt = null;
    if (!this.#hasMissed && busy.has(sessionId)) return;
    await this.#readAll();
    if (busy.has(sessionId)) return;
    if (this.#reader.hasBegun) {
      this.#foundIdle(askedAt);
      return;
    }
    const waited = this.#promptedAt === null ? 0 : clock.awakeSince(this.#promptedAt);
    if (this.#hasFailed || waited > BEGIN_LIMIT_MS) {
      this.#over.resolve({ kind: "never_begun", why: "The prompt never reached its session." });
    }
  }

  async #readAll(): Promise<void> {
    const { server, sessionId, turn } = this.#parts;
    // A gap from here on is another one.
    this.#hasMissed = false;
    try {
      const [messages, children, questions] = await Promise.all([
        this.#messages(),
        server.client.children(sessionId),
        server.client.openQuestions(turn.directory),
      ]);
      for (const child of children) server.adopt(child, sessionId);
      for (const message of this.#reader.catchUp(messages)) this.#countMessage(message);
      const own = new Set([sessionId, ...children]);
      for (const event of questions) if (own.has(event.properties.sessionID)) this.#questions.event(event);
    } catch (error) {
      this.#hasMissed = true;
      throw error;
    }
  }

  /** The session was idle at this time, as far as the server knew. */
  #foundIdle(at: number): void {
    const { clock } = this.#parts;
    const idleFor = clock.awakeSince(this.#idleAt ?? at) - clock.awakeSince(at);
    // One look may have come before opencode called it busy, or between two steps.
    const isCertain = this.#reader.isComplete || this.#hasFailed || idleFor >= NOT_BUSY_YET_MS;
    if (isCertain) {
      const isCut = this.#line.wasAway && !this.#reader.isComplete && !this.#hasFailed;
      this.#over.resolve(isCut ? { kind: "cut" } : { kind: "idle", failed: this.#hasFailed });
      return;
    }
    this.#idleAt ??= at;
    this.#secondLook?.clear();
    this.#secondLook = clock.after(NOT_BUSY_YET_MS, () => void this.#ask());
  }

  /** The messages of this turn are among the last ones, or else among all. */
  async #messages(): Promise<HostMessage[]> {
    const { client } = this.#parts.server;
    const last = await client.messages(this.#parts.sessionId, false);
    if (last.some((message) => this.#reader.isPrompt(message))) return last;
    return await client.messages(this.#parts.sessionId, true);
  }

  /** What a message holds, as the events would have told it. */
  #countMessage({ info, parts }: HostMessage): void {
    const { sessionId: sessionID } = this.#parts;
    this.#count({ type: "message.updated", properties: { sessionID, info } });
    for (const part of parts)
      this.#count(this.#partIds({ type: "message.part.updated", properties: { sessionID, part } }));
  }
}
