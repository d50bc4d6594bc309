import { reportAt, type Telemetry } from "../../agent-role/telemetry-line.ts";
import type { LeftThere, Stray } from "../../agent-role/tree-report.ts";
import { noTokens, type Progress } from "../../supervisor/instance.ts";
import { describeError } from "../../lib/describe-error.ts";
import { readRefusal } from "../../opencode/refusals.ts";
import { TurnDeeds } from "../../opencode/turn-deeds.ts";
import { joinRefused, noDeeds } from "../../supervisor/deeds.ts";
import type { Clock, Timer } from "../../lib/clock.ts";
import type { TranscriptTurn, TurnObserver, TurnRequest } from "../../supervisor/ports.ts";
import { isFinished } from "../../supervisor/outcome.ts";
import { CONTEXT_FULL, EvidenceCollector } from "../evidence.ts";
import { brokenAt, LineSplitter, type Line } from "../line-splitter.ts";
import { renderRunEvent } from "../log-lines.ts";
import type { LogSink } from "../log-sink.ts";
import { eventAt, isOwnText, messageOf, parseRunEvent, type RunEvent } from "../run-event.ts";
import { takeTelemetry, wrongAgent } from "../take-telemetry.ts";
import type { Elsewhere } from "./elsewhere.ts";
import type { LateExit } from "./late-exit.ts";
import { MessageOwners } from "./message-owners.ts";
import type { PlaceReport } from "./place-report.ts";
import { readStderrLine } from "./stderr-reader.ts";

/** How long an ended child's pipes may be silent before they are given up. */
const QUIET_MS = 1000;
/** So much of that at least is after its end: what waits in them is read by then. */
const READ_MS = 250;
/** How long something that a child left behind may go on writing into them. */
const NOISY_LIMIT_MS = 5000;
const PREVIEW_CHARACTERS = 200;
/** How long opencode may take to its exit once the turn is over. */
const EXIT_GRACE_MS = 5000;
/** … and where that is only known from a last step: a compaction may follow it, of which nothing is seen. */
const VOICELESS_EXIT_GRACE_MS = 120_000;

export interface TurnPipesParts {
  readonly nonce: string;
  readonly turn: TurnRequest;
  readonly observer: TurnObserver;
  readonly log: LogSink;
  readonly clock: Clock;
  /** Told whether the turn is over. */
  readonly exit: Pick<LateExit, "over" | "clear">;
  /** The place elsewhere where the turn runs; absent: this machine. */
  readonly elsewhere?: Pick<Elsewhere, "told" | "said" | "takes" | "isThere" | "hasBegun"> | undefined;
  /** What runs below the child without its marker: all of it, each time. */
  readonly onStrays: (strays: readonly Stray[]) => void;
  readonly onLeft: (left: readonly LeftThere[]) => void;
}

/**
 * Reads both pipes of one child: facts to the observer, lines to the log, evidence for the verdict. Counts come from
 * the child's voice where it speaks, and from stdout where it does not.
 */
export class TurnPipes {
  readonly evidence = new EvidenceCollector();
  readonly #parts: TurnPipesParts;
  readonly #owners = new MessageOwners();
  /** What waits until the voice has told whose message the first of it is of. */
  #held: { readonly line: Line; readonly event: RunEvent | undefined }[] = [];
  #progress: Progress;
  readonly #deeds: TurnDeeds;
  #sessionId: string | null;
  readonly #openPipes = new Set<{ cancel(): Promise<void> }>();
  #lastChunkAt: number;
  #quiet: Timer | undefined;
  #noisy: Timer | undefined;
  #disagreementLogged = false;
  #isOver = false;
  #wereHeld = false;

  constructor(parts: TurnPipesParts) {
    this.#parts = parts;
    this.#lastChunkAt = parts.clock.now();
    this.#sessionId = parts.turn.sessionId;
    this.#deeds = new TurnDeeds(parts.turn.directory);
    this.#progress = {
      activity: "unknown",
      toolCallCount: 0,
      tokens: noTokens,
      costUsd: 0,
      lastActivityAt: this.#lastChunkAt,
      voice: false,
      liveness: null,
      textPreview: null,
      ...noDeeds,
    };
  }

  /** Whether the agent has done anything yet, as far as the pipes and its voice have shown it. */
  get hasActed(): boolean {
    const { toolCallCount, liveness } = this.#progress;
    return this.evidence.hasActed || toolCallCount > 0 || liveness?.hasActed === true;
  }

  /** The session that the child works in, once it is known. */
  get sessionId(): string | null {
    return this.#sessionId;
  }

  /** Whether the turn has come to its end by itself, as far as anybody has told. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether somebody held them open when they were given up. */
  get wereHeld(): boolean {
    return this.#wereHeld;
  }

  /** Messages that were printed, and nobody has told whose they are. */
  unowned(): string[] {
    return [...this.evidence.messages()].filter((id) => this.#owners.isOwn(id) === undefined);
  }

  /** What the session says of them. */
  readBack(messageIds: readonly string[], turns: readonly TranscriptTurn[]): void {
    this.#owners.readBack(messageIds, turns);
    this.#ownersTold();
  }

  /** Settles when both pipes have ended. They are read together: one that is left alone would stop the child. */
  async drain(stdout: ReadableStream<Uint8Array>, stderr: ReadableStream<Uint8Array>): Promise<void> {
    const { sessionId } = this.#parts.turn;
    // A follow-up's child names no session: it is the one that was asked for. Elsewhere it may still have to wait.
    if (sessionId !== null && this.#parts.elsewhere === undefined) this.#parts.observer.sessionIdentified(sessionId);
    await Promise.all([
      this.#drainOne(stdout, (line) => this.#stdoutLine(line)),
      this.#drainOne(stderr, (line) => this.#stderrLine(line)),
    ]);
    this.#clearTimers();
    for (const { line, event } of this.#held.splice(0)) this.#take(line, event);
    this.#ownersTold();
  }

  /**
   * Gives the pipes up once nothing has come for a while, or too much has: the child is gone, and something that it
   * left behind, and that could not be found, still holds them open.
   */
  abandonWhenQuiet(): void {
    if (this.#openPipes.size === 0) return;
    const { clock } = this.#parts;
    const whenQuiet = (since: number) => {
      const look = () => (this.#lastChunkAt > since ? whenQuiet(this.#lastChunkAt) : this.#abandon());
      this.#quiet?.clear();
      this.#quiet = clock.limit(QUIET_MS, look, since);
    };
    // What has come by now is read first.
    whenQuiet(Math.max(this.#lastChunkAt, clock.now() - QUIET_MS + READ_MS));
    this.#noisy = clock.limit(NOISY_LIMIT_MS, () => this.#abandon());
  }

  #abandon(): void {
    this.#clearTimers();
    this.#wereHeld = true;
    this.#note("something that the agent left behind holds its pipes open; they are closed here.");
    for (const reader of this.#openPipes) {
      reader.cancel().catch((error: unknown) => this.#note(`a pipe was not closed well: ${describeError(error)}`));
    }
  }

  #clearTimers(): void {
    this.#quiet?.clear();
    this.#noisy?.clear();
  }

  async #drainOne(stream: ReadableStream<Uint8Array>, take: (line: Line) => void): Promise<void> {
    const splitter = new LineSplitter();
    const reader = stream.getReader();
    this.#openPipes.add(reader);
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        // In one go: Bun 1.3.14 goes on reading while this waits for anything, and a flood would fill the memory.
        for (const line of splitter.push(read.value)) take(line);
        this.#lastChunkAt = this.#parts.clock.now();
      }
    } catch (error) {
      this.#note(`a pipe of the agent could not be read any more: ${describeError(error)}`);
    }
    this.#openPipes.delete(reader);
    for (const line of splitter.end()) take(line);
  }

  #stdoutLine(line: Line): void {
    if (this.#parts.elsewhere?.takes(this.#parts.nonce, line.text) === true) return;
    const event = parseRunEvent(line.text);
    // Another plugin may have printed something that ended no line.
    const at = event === undefined ? eventAt(line.text) : -1;
    const inner = at > 0 ? parseRunEvent(line.text.slice(at)) : undefined;
    if (inner === undefined) return this.#toldOnStdout(line, event);
    for (const [index, part] of brokenAt(line, at).entries()) this.#toldOnStdout(part, index === 0 ? undefined : inner);
  }

  #toldOnStdout(line: Line, event: RunEvent | undefined): void {
    if (this.#held.length > 0 || this.#mustWait(event)) this.#held.push({ line, event });
    else this.#take(line, event);
  }

  /** The pipes are not read in the order in which they were written: a text may be here before the word whose it is. */
  #mustWait(event: RunEvent | undefined): boolean {
    const isText = event?.type === "text" || event?.type === "reasoning";
    return this.#progress.voice && isText && this.#isOwn(event) === undefined;
  }

  /** Whether an event is of a message of the agent itself; `undefined` while nobody has told. */
  #isOwn(event: RunEvent): boolean | undefined {
    const messageId = messageOf(event);
    return messageId === undefined ? true : this.#owners.isOwn(messageId);
  }

  #take({ text, isCut }: Line, event: RunEvent | undefined): void {
    const { log } = this.#parts;
    if (isCut) this.evidence.textCut();
    if (event === undefined) {
      if (text !== "") log.write("stdout", isCut ? `${text} [cut]` : text);
      return;
    }
    const isOwn = this.#isOwn(event) ?? true;
    this.evidence.happened(event, isOwn);
    if (event.type === "error" && event.error.name === CONTEXT_FULL) {
      const outcome = this.evidence.overflowed();
      if (outcome !== undefined) this.#parts.observer.mustStop(outcome);
    }
    for (const line of renderRunEvent(event, isOwn) ?? []) log.write("stdout", line);
    this.#identify(event.sessionID);
    this.#checkSession(event.sessionID);
    if (isOwnText(event, isOwn)) {
      this.#progressed({ ...this.#progress, textPreview: event.part.text.slice(-PREVIEW_CHARACTERS) });
    }
    if (!this.#progress.voice) this.#countFromStdout(event);
  }

  #stderrLine(line: Line): void {
    for (const part of brokenAt(line, reportAt(this.#parts.nonce, line.text))) this.#toldOnStderr(part);
  }

  #toldOnStderr({ text, isCut }: Line): void {
    const { log, nonce, observer, turn, onStrays, onLeft, elsewhere } = this.#parts;
    const fact = readStderrLine(nonce, text);
    if (fact.type === "telemetry") {
      if (fact.telemetry !== undefined) this.#telemetry(fact.telemetry);
      return;
    }
    if (fact.type === "alive") return;
    if (fact.type === "strays") {
      // Processes of another machine have numbers that mean others here.
      if (elsewhere === undefined) onStrays(fact.strays);
      return;
    }
    if (fact.type === "left") {
      onLeft(fact.left);
      return;
    }
    if (fact.type === "place") {
      this.#toldOfPlace(fact.report);
      return;
    }
    if (fact.type === "other") elsewhere?.said(text);
    log.write("stderr", isCut ? `${text} [cut]` : text);
    this.evidence.told(fact, text);
    if (fact.type === "session_created") this.#identify(fact.sessionId);
    // Said before the turn starts; later a line like it is somebody's output.
    const isBefore = this.#sessionId === turn.sessionId && !this.evidence.hasBegun;
    if (fact.type === "agent_fallback" && isBefore) {
      observer.mustStop({ status: "failed", reason: fact.reason, error: wrongAgent(turn.agent, fact.detail) });
    }
  }

  #toldOfPlace(report: PlaceReport): void {
    const { elsewhere, observer, turn } = this.#parts;
    if (elsewhere === undefined) return;
    const isWaiting = !elsewhere.hasBegun;
    elsewhere.told(report);
    if (report.setUp === true) {
      const { clock } = this.#parts;
      this.#progressed({ ...this.#progress, activity: "starting", lastActivityAt: clock.now() });
    }
    if (isWaiting && elsewhere.hasBegun && turn.sessionId !== null) observer.sessionIdentified(turn.sessionId);
  }

  #telemetry(telemetry: Telemetry): void {
    this.#parts.elsewhere?.isThere();
    if (telemetry.sessionId !== null) this.#identify(telemetry.sessionId);
    const { exit } = this.#parts;
    this.#isOver = telemetry.isOver;
    if (telemetry.isOver) exit.over(EXIT_GRACE_MS);
    else exit.clear();
    this.evidence.refusedSoFar(telemetry.refusals);
    this.#progress = takeTelemetry(telemetry, this.#parts, this.#progress.textPreview);
    this.#owners.told(telemetry.messages);
    this.#ownersTold();
  }

  #ownersTold(): void {
    const { observer } = this.#parts;
    const { prompt } = this.#owners;
    if (prompt !== undefined) observer.prompted(prompt);
    const waiting = this.#held.findIndex(({ event }) => this.#mustWait(event));
    const free = this.#held.splice(0, waiting < 0 ? this.#held.length : waiting);
    for (const { line, event } of free) this.#take(line, event);
    for (const id of this.evidence.messages()) if (this.#owners.isOwn(id) === false) this.evidence.disown(id);
  }

  /** The first id counts: later ones are native subagents. */
  #identify(sessionId: string): void {
    if (this.#sessionId !== null) return;
    this.#sessionId = sessionId;
    this.#parts.observer.sessionIdentified(sessionId);
  }

  /** stderr and stdout must name one session; where they do not, the operator is told once. */
  #checkSession(sessionId: string): void {
    if (sessionId === this.#sessionId || this.#disagreementLogged) return;
    this.#disagreementLogged = true;
    this.#note(`stdout names session ${sessionId}, stderr named ${this.#sessionId}.`);
  }

  #countFromStdout(event: RunEvent): void {
    const { exit } = this.#parts;
    if (event.type === "step_finish" && isFinished(event.part.reason)) exit.over(VOICELESS_EXIT_GRACE_MS);
    else exit.clear();
    const { tokens, toolCallCount, costUsd } = this.#progress;
    const lastActivityAt = event.timestamp;
    if (event.type === "tool_use") {
      const refused = joinRefused(this.#progress.refused, readRefusal(event.part));
      this.#deeds.called(String(toolCallCount), event.part);
      const deeds = { ...this.#deeds.sum, refused };
      this.#progressed({ ...this.#progress, toolCallCount: toolCallCount + 1, ...deeds, lastActivityAt });
    } else if (event.type === "step_finish") {
      const { part } = event;
      this.#progressed({
        ...this.#progress,
        lastActivityAt,
        costUsd: costUsd + part.cost,
        tokens: {
          input: tokens.input + part.tokens.input,
          output: tokens.output + part.tokens.output,
          reasoning: tokens.reasoning + part.tokens.reasoning,
          cacheRead: tokens.cacheRead + part.tokens.cache.read,
          cacheWrite: tokens.cacheWrite + part.tokens.cache.write,
        },
      });
    } else {
      this.#progressed({ ...this.#progress, lastActivityAt });
    }
  }

  /** What the operator should know and no pipe says. */
  #note(text: string): void {
    this.#parts.log.write("stderr", `bizar: ${text}`);
  }

  #progressed(progress: Progress): void {
    this.#progress = progress;
    this.#parts.observer.progressed(progress);
  }
}
