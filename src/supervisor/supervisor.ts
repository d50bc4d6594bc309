import { askedFor } from "./asked-for.ts";
import { Admissions } from "./admissions.ts";
import { AgentNotes } from "./agent-notes.ts";
import { createInstanceId } from "./create-instance-id.ts";
import { createInstance, isTerminal, type Instance, type InstanceRequest } from "./instance.ts";
import { brokenEnd } from "./broken-end.ts";
import { endAtShutdown } from "./end-at-shutdown.ts";
import {
  applicant,
  awaitsElsewhere,
  createLive,
  disposeTimers,
  lastTurn,
  stopNow,
  type Live,
  type LiveView,
} from "./live.ts";
import { exitOf, judge, type Outcome } from "./outcome.ts";
import type { TurnEnd } from "./ports.ts";
import { wholeWords } from "./read-transcript.ts";
import { composeResult } from "./result.ts";
import { replacement } from "./replacement.ts";
import { watchRun } from "./watch-run.ts";
import type { SupervisorParts } from "./supervisor-parts.ts";
import { transition, type Effect, type InstanceEvent } from "./transition.ts";
import { turnObserver } from "./turn-observer.ts";
import type { AnswerOutcome, Reply } from "./questions.ts";
import { UserAnswers } from "./user-answers.ts";
import { unreachable } from "../lib/unreachable.ts";

/** More than this many in the waiting line is an error. */
export const MAX_WAITING = 64;
const PROGRESS_SAVE_MS = 10_000;
const CLOSED = "This opencode is shutting down; no agent can be started any more.";

/**
 * Runs background agents: admits them, starts their turns, ends them, and keeps their records. It knows no host, no
 * process and no file: those are behind {@link SupervisorParts}.
 */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #admission: Admissions;
  readonly #notes: AgentNotes;
  readonly #answers: UserAnswers;
  readonly #live = new Map<string, Live>();
  #closed = false;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    const { maxConcurrentInstances: limit, memory, clock, slotsOf = () => limit, anyOf = () => [] } = parts;
    const onWait = (id: string, what: string) => this.#waits(this.#live.get(id), what);
    this.#admission = new Admissions({ limit, memory, clock, onWait, slotsOf, anyOf });
    this.#notes = new AgentNotes(parts);
    const { permissionWaitMs: waitMs, askUser, tellParent, report } = parts;
    this.#answers = new UserAnswers({
      ...{ clock, waitMs, askUser, tellParent, report },
      apply: (live, event) => this.#apply(live, event),
    });
  }

  /**
   * Takes on an agent. Its record is durable before its process is started.
   *
   * @param instanceId where something was made under it before
   * @returns its id
   * @throws Error when the record cannot be written, the waiting line is full, or the supervisor is shut down
   */
  async spawn(request: InstanceRequest, instanceId = createInstanceId()): Promise<string> {
    const refusal = this.#refusal(request.on);
    if (refusal !== undefined) throw new Error(refusal);
    const { store, clock } = this.#parts;
    const created = createInstance(instanceId, request, clock.now());
    const live = createLive(this.#parts.fallbacks?.first(created) ?? created);
    const id = live.instance.instanceId;
    const recorded = Promise.withResolvers<void>();
    // Agents start in the order in which they were asked for, whichever record reaches the disk first.
    this.#admission.request(applicant(live.instance), () => void recorded.promise.then(() => this.#start(live)));
    const waitsFor = this.#admission.waitsFor(id);
    // One record says all of it: what it waits for, or that it does not wait.
    live.instance = transition(
      live.instance,
      waitsFor === undefined ? this.#admission.admitted(id) : { type: "waits", what: waitsFor.what },
    ).instance;
    try {
      await store.create(live.instance);
    } catch (error) {
      this.#admission.release(id);
      throw error;
    }
    this.#live.set(id, live);
    // dispose may have come while the record was being written.
    if (this.#isClosed()) endAtShutdown(live, this.#parts);
    recorded.resolve();
    return id;
  }

  /**
   * Asks for a further turn in the session of an instance that this supervisor holds: behind the running turn and those
   * that wait already.
   *
   * @returns whether it holds the instance
   */
  followUp(instanceId: string, prompt: string): boolean {
    const live = this.#held(instanceId);
    if (live === undefined) return false;
    this.#apply(live, { type: "follow_up_requested", at: this.#parts.clock.now(), prompt });
    // One whose end is still on its way to the disk opens its next turn by itself.
    if (live.isSettled) this.#openNextTurn(live);
    return true;
  }

  /**
   * Gives a running agent a message at its next step; one whose turn ends before that takes it up in a further turn.
   *
   * @returns whether this supervisor holds the instance, and it is at work in its session
   */
  async tellNow(instanceId: string, prompt: string): Promise<boolean> {
    const live = this.#held(instanceId);
    return live !== undefined && (await this.#notes.message(live, prompt));
  }

  /** Answers a question of an agent, as {@link UserAnswers.answer} does; `undefined` where it is not held here. */
  answer(instanceId: string, ...answer: [id: string, reply: Reply, by: string]): AnswerOutcome | undefined {
    const live = this.#held(instanceId);
    return live === undefined ? undefined : this.#answers.answer(live, ...answer);
  }

  /**
   * Takes on an instance whose turn has ended, and that nobody else holds, for a further turn of its session. The record
   * is this supervisor's, and durable, before the turn starts.
   *
   * @throws Error when the record cannot be written, or no further agent may be taken on
   */
  async resume(instance: Instance, prompt: string): Promise<void> {
    const refusal = this.#refusal(instance.on);
    if (refusal !== undefined) throw new Error(refusal);
    const { instanceId } = instance;
    const at = this.#parts.clock.now();
    // What was told to a turn that was lost comes first.
    const prompts = [...(await this.#notes.unread(instance)), prompt];
    const asked = prompts.reduce((before, text) => askedFor(before, text, at), instance);
    const live = createLive(transition(asked, { type: "next_turn_opened", at }).instance);
    await this.#parts.store.create(live.instance);
    this.#live.set(instanceId, live);
    if (this.#isClosed()) endAtShutdown(live, this.#parts);
    else this.#admission.request(applicant(live.instance), () => this.#start(live));
  }

  /** Forgets an instance whose end the disk has taken by now: the record answers, and goes on. */
  #held(instanceId: string): Live | undefined {
    const live = this.#live.get(instanceId);
    if (live?.isSettled !== true || this.#parts.store.isDirty(instanceId)) return live;
    this.#live.delete(instanceId);
    return undefined;
  }

  /** The instance as it is now; `undefined` when this supervisor does not hold it (any more). */
  view(instanceId: string): LiveView | undefined {
    const live = this.#held(instanceId);
    if (live === undefined) return undefined;
    const { instance, unsavedResult } = live;
    const queuePosition = this.#admission.position(instanceId);
    const waitsFor = this.#admission.waitsFor(instanceId) ?? awaitsElsewhere(instance);
    return { instance, unsavedResult, queuePosition, waitsFor };
  }

  /** How many more agents may run at a place elsewhere. */
  free(place: string): number {
    return this.#admission.free(place);
  }

  /** Every instance that this supervisor holds, oldest first. */
  views(): LiveView[] {
    return [...this.#live.keys()].flatMap((id) => this.view(id) ?? []);
  }

  /** Settles when the session id is known, or the turn has ended. */
  async whenIdentified(instanceId: string): Promise<void> {
    const live = this.#live.get(instanceId);
    if (live !== undefined) await Promise.race([live.identified.promise, live.settled.promise]);
  }

  /** Settles when the turn has ended and its record was written (or could not be). */
  async whenSettled(instanceId: string): Promise<void> {
    await this.#live.get(instanceId)?.settled.promise;
  }

  /**
   * Ends an instance with this outcome, unless another cause came first; turns that wait behind a running one are not
   * begun in any case. Settles when nothing of it runs.
   */
  async stop(instanceId: string, outcome: Outcome): Promise<void> {
    const live = this.#live.get(instanceId);
    if (live === undefined || live.isSettled) return;
    live.stopAsked = outcome;
    this.#requestStop(live, outcome);
    await live.settled.promise;
  }

  /** Ends a run from outside; one that has come to its own end keeps that end. */
  #requestStop(live: Live, outcome: Outcome): void {
    if (live.run?.hasExited === true) return;
    this.#apply(live, { type: "stop_requested", at: this.#parts.clock.now(), outcome });
  }

  /**
   * Lets go of an instance that another host has taken over while this one stood still: that one has told how it ended.
   * Nothing of it goes on here, and nothing is written or told of it.
   */
  disown(instanceId: string): void {
    const live = this.#live.get(instanceId);
    if (live === undefined) return;
    live.isDisowned = true;
    this.#live.delete(instanceId);
    disposeTimers(live);
    stopNow(live, this.#parts.report);
    this.#admission.release(instanceId);
    live.settled.resolve();
  }

  /** Ends everything at once and writes it down before it returns: the host is about to go away. */
  shutdown(letsFinish = false): void {
    this.#closed = true;
    this.#admission.close();
    const all = [...this.#live.values()];
    // What has not begun, or runs in a server of this host's, comes to no end by itself.
    const ended = letsFinish ? all.filter((live) => live.run === null || live.instance.backend === "warm") : all;
    for (const live of all) if (!ended.includes(live)) disposeTimers(live);
    // All trees first: nothing may keep running because a disk is slow.
    for (const live of ended) stopNow(live, this.#parts.report);
    for (const live of ended) endAtShutdown(live, this.#parts);
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  /** One that is not among the live ones yet is about to be recorded with what it waits for. */
  #waits(live: Live | undefined, what: string): void {
    if (live !== undefined) this.#apply(live, { type: "waits", what });
  }

  /** Why no further agent may be taken on now, or `undefined`. */
  #refusal(on: string | undefined): string | undefined {
    if (this.#closed) return CLOSED;
    if (!this.#admission.isFull(MAX_WAITING, on)) return this.#parts.refusal?.();
    return `${MAX_WAITING} agents are waiting already. Collect or kill some, then try again.`;
  }

  #start(live: Live): void {
    // It may have been killed while it waited, with its end still on the way to the disk.
    if (this.#closed || isTerminal(live.instance) || live.isDisowned) return;
    this.#apply(live, this.#admission.admitted(live.instance.instanceId));
    // Elsewhere it may still have to wait.
    if (live.instance.on === undefined) this.#watch(live);
    this.#startTurn(live);
  }

  #watch(live: Live): void {
    const apply = (event: InstanceEvent) => this.#apply(live, event);
    const stop = (outcome: Outcome) => this.#requestStop(live, outcome);
    watchRun(live, this.#parts, { apply, stop, notify: (text) => void this.#notes.limit(live, text) });
  }

  #startTurn(live: Live): void {
    live.isReadBack = false;
    const observer = turnObserver(live, this.#parts.clock, this.#answers, (event) => this.#apply(live, event));
    const run = this.#parts.backend.start(lastTurn(live.instance), observer);
    live.run = run;
    // No backend is to reject; an agent whose backend does would hold its place for ever.
    const ended = run.ended.catch((error: unknown) => brokenEnd(run, error));
    void ended.then((turnEnd) => this.#finish(live, turnEnd));
  }

  /** The tree is gone: writes result and record, then tells everybody. */
  async #finish(live: Live, turnEnd: TurnEnd): Promise<void> {
    if (isTerminal(live.instance) || live.isDisowned) return;
    const { store, clock } = this.#parts;
    const { instanceId, state } = live.instance;
    const { evidence, unseen } = turnEnd;
    const { exitCode, signal } = exitOf(evidence.cause);
    const ending = "ending" in state ? state.ending : null;
    const replaced = replacement(live.instance, evidence, this.#parts.fallbacks);
    if (replaced !== undefined) {
      this.#apply(live, { type: "turn_replaced", at: clock.now(), exitCode, signal, ...replaced });
      return;
    }
    if (await store.isTaken(instanceId)) return;
    live.isReadBack = true;
    for (const prompt of await this.#notes.unread(live.instance)) {
      this.#apply(live, { type: "follow_up_requested", at: clock.now(), prompt });
    }
    const words = await wholeWords(this.#parts, live.instance, turnEnd);
    const { text, kept } = composeResult([ending?.resultHeader, turnEnd.resultHeader], words);
    const changes = await this.#parts.finishFolder?.(live.instance);
    live.unsavedResult = text === "" ? undefined : text;
    this.#apply(live, {
      type: "ended",
      at: clock.now(),
      outcome: judge({ ...evidence, words }),
      ...{ exitCode, signal, unseen, changes, ...kept },
    });
  }

  #apply(live: Live, event: InstanceEvent): void {
    if (live.isDisowned) return;
    const { instance, effects } = transition(live.instance, event);
    live.instance = instance;
    let saved: Promise<void> = Promise.resolve();
    for (const effect of effects) saved = this.#perform(live, effect, saved);
  }

  /** Performs one effect; returns when the record is written, for the effects behind it. */
  #perform(live: Live, effect: Effect, saved: Promise<void>): Promise<void> {
    const { report } = this.#parts;
    const { instanceId } = live.instance;
    switch (effect) {
      case "save":
        return this.#save(live);
      case "save_later":
        this.#parts.store.show(live.instance);
        live.saveTimer ??= this.#parts.clock.after(PROGRESS_SAVE_MS, () => void this.#save(live));
        return saved;
      case "stop":
        live.run?.stop().catch((error: unknown) => report(`${instanceId} was not stopped well.`, error));
        return saved;
      case "request_place":
        // Its place in the line is taken now; it starts once the record says so.
        this.#admission.request(applicant(live.instance), () => void saved.then(() => this.#start(live)));
        return saved;
      case "start_turn":
        for (const watch of live.watches) watch.turnStarted?.();
        this.#startTurn(live);
        return saved;
      case "pause_watches":
        for (const watch of live.watches) watch.turnWaits?.();
        return saved;
      case "start_watches":
        if (live.watches.length === 0) this.#watch(live);
        else for (const watch of live.watches) watch.turnStarted?.();
        return saved;
      case "settle":
        disposeTimers(live);
        void saved.then(() => this.#settle(live));
        return saved;
      default:
        return unreachable(effect);
    }
  }

  #settle(live: Live): void {
    if (live.isDisowned) return;
    const { instanceId, followUps } = live.instance;
    this.#admission.release(instanceId);
    if (followUps.length > 0 && !this.#closed) {
      // Whoever waits, waits for this turn too.
      this.#openNextTurn(live);
      if (live.stopAsked !== undefined) this.#requestStop(live, live.stopAsked);
      return;
    }
    live.stopAsked = undefined;
    live.isSettled = true;
    // From here on the record on disk answers, except for what the disk did not take.
    if (!this.#parts.store.isDirty(instanceId)) this.#live.delete(instanceId);
    live.settled.resolve();
    this.#parts.notifier.ended(live.instance);
  }

  #openNextTurn(live: Live): void {
    if (live.isSettled) {
      live.isSettled = false;
      live.settled = Promise.withResolvers();
    }
    live.run = null;
    live.unsavedResult = undefined;
    this.#apply(live, { type: "next_turn_opened", at: this.#parts.clock.now() });
  }

  async #save(live: Live): Promise<void> {
    live.saveTimer?.clear();
    live.saveTimer = null;
    const { instance, unsavedResult } = live;
    try {
      await this.#parts.store.save(instance, unsavedResult);
      if (live.unsavedResult === unsavedResult) live.unsavedResult = undefined;
    } catch (error) {
      this.#parts.report(`The record of ${live.instance.instanceId} could not be written; it is tried again.`, error);
    }
  }
}
