import { describeError } from "../../lib/describe-error.ts";
import { sessionChange } from "../../opencode/session-events.ts";
import { brokenEnd } from "../../supervisor/broken-end.ts";
import type { ProcessTable } from "../../processes/process-table.ts";
import type { Note, Notes, RunningTurn, TurnEnd, TurnObserver, TurnRequest } from "../../supervisor/ports.ts";
import type { Asked, Reply } from "../../supervisor/questions.ts";
import type { SetUpThere } from "../set-up-script.ts";
import type { LogSink } from "../log-sink.ts";
import { neverRun, stoppedEarly } from "../stopped-early.ts";
import { isUnanswered } from "../../opencode/api-error.ts";
import type { ServerEvent } from "../warm/event-stream.ts";
import { ToldNotes } from "./told-notes.ts";
import { WarmTurn, type WarmTurnParts } from "../warm/warm-turn.ts";
import { CopyThere, type CloneTravel } from "./copy-there.ts";
import type { PoolServer } from "./pool-server.ts";

const ATTEMPTS = 5;
/** How long the files of an agent that was killed may take to come back. */
const KILLED_LIMIT_MS = 30_000;
/** Nothing of such a turn is a process of this machine. */
const NOTHING_HERE: ProcessTable = {
  list: () => [],
  findAll: () => [],
  find: () => undefined,
  values: () => new Map(),
};

export interface ServerTurnParts extends Omit<WarmTurnParts, "lease" | "transcripts" | "processTable"> {
  readonly server: PoolServer;
  readonly travel: CloneTravel;
  readonly setUp: SetUpThere | undefined;
  readonly notes: Pick<Notes, "post">;
}

/** One turn in a session of a server elsewhere: its files go there first, and come back at its end. */
export class ServerTurn implements RunningTurn {
  readonly ended: Promise<TurnEnd>;
  readonly #parts: ServerTurnParts;
  readonly #turn: TurnRequest;
  readonly #observer: TurnObserver;
  readonly #log: LogSink;
  readonly #copy: CopyThere;
  readonly #stopped = Promise.withResolvers<void>();
  #isStopped = false;
  #inner: WarmTurn | undefined;
  #notes: ToldNotes | undefined;
  /** Settles with the notes that are on their way. */
  #telling: Promise<unknown> = Promise.resolve();
  #isPrompted = false;
  #isWaiting = false;
  #isOver = false;
  #sessionId: string | null;

  constructor(parts: ServerTurnParts, turn: TurnRequest, observer: TurnObserver) {
    this.#parts = parts;
    this.#turn = turn;
    this.#sessionId = turn.sessionId;
    this.#log = parts.openLog(turn);
    this.#observer = {
      ...observer,
      sessionIdentified: (sessionId, definition) => {
        this.#sessionId = sessionId;
        observer.sessionIdentified(sessionId, definition);
      },
      prompted: (messageId) => {
        this.#isPrompted = true;
        observer.prompted(messageId);
      },
    };
    const { server, travel, setUp, clock } = parts;
    this.#copy = new CopyThere({ server, travel, setUp, turn, clock, note: (text) => this.#note(text) });
    this.ended = this.#run().catch((error: unknown) => brokenEnd(this, error));
  }

  get hasExited(): boolean {
    return this.#inner?.hasExited === true && !this.#isWaiting;
  }

  answer(asked: Asked, reply: Reply): void {
    this.#inner?.answer(asked, reply);
  }

  async tell(note: Note): Promise<boolean> {
    const isAtWork = this.#isPrompted && !this.#isStopped && this.#inner?.hasExited === false;
    const telling = (isAtWork ? this.#notes?.tell(note) : undefined) ?? Promise.resolve(false);
    this.#telling = Promise.all([this.#telling, telling]);
    return await telling;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopped.resolve();
    await this.#inner?.stop();
    await this.ended;
  }

  stopNow(): void {
    this.#isStopped = true;
    this.#stopped.resolve();
    this.#inner?.stopNow();
  }

  async #run(): Promise<TurnEnd> {
    const { server } = this.#parts;
    const unhear = server.hear((event) => this.#heard(event));
    try {
      const refusal = await this.#unlessStopped(server.take(this.#turn.agent));
      if (this.#isStopped) return stoppedEarly();
      return refusal === undefined ? await this.#atServer() : this.#neverRun(refusal);
    } finally {
      unhear();
      server.release();
      this.#isOver = true;
      this.#log.close();
    }
  }

  /** Nobody but its server tells that a session of it was deleted. */
  #heard(event: ServerEvent): void {
    const change = sessionChange(event);
    if (change?.to !== "deleted" || change.sessionId !== this.#sessionId) return;
    const error = `The agent was ended: its session was deleted (${this.#sessionId}).`;
    this.#observer.mustStop({ status: "failed", reason: "session_error", error });
  }

  async #atServer(): Promise<TurnEnd> {
    const making = this.#overTheLine(async () => await this.#copy.make());
    const made = await this.#unlessStopped(making);
    if (made === undefined) {
      await this.#copy.abandon();
      // Whatever of it comes to be yet goes again.
      const gone = making.then(async () => await this.#copy.giveUp());
      await this.#inTime(gone.then(() => ({ value: undefined, error: "" })));
      return stoppedEarly();
    }
    if (made.value === undefined) return await this.#givenUp(this.#neverRun(made.error));
    const copy = made.value;
    if (!copy.ok) return await this.#givenUp(this.#neverRun(copy.error, copy.error));
    if (this.#isStopped) return await this.#givenUp(stoppedEarly());
    this.#observer.begun?.({ host: new URL(this.#parts.server.options.url).hostname, job: null });
    const header = copy.isTakenUp ? await this.#saidMeanwhile() : undefined;
    const ended = await this.#inSession(copy.directory);
    await this.#takeBackNotes();
    const end = await this.#broughtBack(ended);
    return header === undefined ? end : { ...end, resultHeader: [header, end.resultHeader ?? ""].join("\n").trim() };
  }

  /** What the agent has not read is for a further turn. Never rejects. */
  async #takeBackNotes(): Promise<void> {
    await this.#telling;
    for (const note of (await this.#notes?.takeUnread(this.#inner?.lastOwn ?? "")) ?? []) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- in their order
      await this.#parts.notes
        .post(this.#sessionId ?? "", note)
        .catch((error: unknown) => this.#note(describeError(error)));
    }
  }

  /** What the agent has said in the turn that is taken up, for whoever goes on with it. */
  async #saidMeanwhile(): Promise<string> {
    const { server } = this.#parts;
    const before = `what it had done on ${server.options.name} and had not come back has been taken up`;
    try {
      const turns = await server.turns(this.#sessionId ?? "");
      const words = turns.at(-1)?.words.join("\n\n") ?? "";
      return `[${before}; ${words === "" ? "it said nothing" : `it said:\n\n${words}\n`}]`;
    } catch (error) {
      return `[${before}; what it said could not be read: ${describeError(error)}]`;
    }
  }

  /** Runs the turn; once more where the line broke before its prompt was on the way. */
  async #inSession(directory: string): Promise<TurnEnd> {
    const { server, travel: _travel, setUp: _setUp, notes: _notes, ...parts } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      const warm = {
        ...parts,
        lease: async () => await Promise.resolve({ server, release() {} }),
        transcripts: { read: async () => await Promise.resolve(undefined) },
        processTable: NOTHING_HERE,
      };
      const turn = { ...this.#turn, directory, sessionId: this.#sessionId };
      this.#inner = new WarmTurn(warm, turn, this.#observer);
      const session = () => this.#sessionId ?? "";
      this.#notes = new ToldNotes({ client: server.client, turn, session, log: this.#log, now: () => server.now() });
      // It may have been stopped meanwhile.
      if (this.#isStopped) await this.#inner.stop();
      const end = await this.#inner.ended;
      const isLost = server.awayUntil !== undefined || (this.#inner.wasUnanswered && attempt < ATTEMPTS);
      const isOver = this.#isPrompted || this.#isStopped || !isLost;
      if (isOver || !(await this.#unlessStopped(server.backAfterFailure()))) return end;
    }
  }

  async #broughtBack(end: TurnEnd): Promise<TurnEnd> {
    const { name } = this.#parts.server.options;
    if (end.evidence.cause.kind === "connection_lost") return end;
    const coming = this.#overTheLine(async () => ({ failed: await this.#copy.bringBack() }));
    const back = this.#isStopped ? await this.#inTime(coming) : await coming;
    if (back.value !== undefined) {
      const { failed } = back.value;
      return failed === undefined ? end : { ...end, evidence: { ...end.evidence, workspaceError: failed } };
    }
    const where = `${this.#copy.folder ?? "its folder"} on ${name}`;
    if (this.#isStopped) {
      const unseen = `${name} cannot be reached: ${back.error} It may go on there, session ${this.#sessionId}, in ${where}.`;
      return { ...end, unseen };
    }
    const why =
      `Its turn has ended, but the line to ${name} broke before its files had come back: ${back.error} They are in ` +
      `${where}: a message to it takes them up.`;
    return { ...end, evidence: { ...end.evidence, cause: { kind: "connection_lost", why } } };
  }

  /** Leaves nothing there of a turn that has not begun. */
  async #givenUp(end: TurnEnd): Promise<TurnEnd> {
    await this.#copy.giveUp();
    return end;
  }

  /** Does something there, and again when the line that broke over it is back. */
  async #overTheLine<T>(run: () => Promise<T>): Promise<{ readonly value: T | undefined; readonly error: string }> {
    const { server } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      try {
        return { value: await run(), error: "" };
      } catch (error) {
        const words = describeError(error);
        this.#note(words);
        if (!isUnanswered(error) || attempt >= ATTEMPTS) return { value: undefined, error: words };
        this.#isWaiting = true;
        const isBack = (await this.#unlessStopped(server.backAfterFailure())) === true;
        this.#isWaiting = false;
        if (!isBack) return { value: undefined, error: words };
      }
    }
  }

  async #inTime<T>(coming: Promise<T>): Promise<T | { readonly value: undefined; readonly error: string }> {
    const late = Promise.withResolvers<{ readonly value: undefined; readonly error: string }>();
    const error = `it did not answer within ${KILLED_LIMIT_MS / 1000} s.`;
    const limit = this.#parts.clock.after(KILLED_LIMIT_MS, () => late.resolve({ value: undefined, error }));
    const first = await Promise.race([coming, late.promise]);
    limit.clear();
    return first;
  }

  async #unlessStopped<T>(coming: Promise<T>): Promise<T | undefined> {
    return await Promise.race([coming, this.#stopped.promise.then(() => undefined)]);
  }

  #neverRun(why: string, workspaceError?: string): TurnEnd {
    this.#note(why);
    return neverRun(why, workspaceError);
  }

  /** What the operator should know. */
  #note(text: string): void {
    this.#log.write("stderr", `bizar: ${text}`);
    if (this.#isOver) this.#log.close();
  }
}
