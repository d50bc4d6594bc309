import { announceAfter } from "./announce-after.ts";
import { admittedAt, awaitedAt, begunAt, type PlaceEvent } from "./at-place.ts";
import { neverLess } from "./add-counts.ts";
import { noDeeds } from "./deeds.ts";
import type { ProcessIdentity } from "../processes/process-table.ts";
import {
  isTerminal,
  type Announcement,
  type Continuation,
  type Instance,
  type InstanceState,
  type Progress,
  type Turn,
} from "./instance.ts";
import { nameOf, withTried } from "./fallbacks.ts";
import { withUnseen, type Outcome } from "./outcome.ts";
import type { Changes } from "./own-folder.ts";
import { allowedBy, withAsked, withoutOpen, withReply, type Asked, type Reply } from "./questions.ts";
import type { ResultParts } from "./result.ts";
import { replaceLast } from "./replace-last.ts";
import { unreachable } from "../lib/unreachable.ts";

/** Everything that can happen to an instance. `at` is in milliseconds since the epoch. */
export type InstanceEvent =
  /** It waits in the line, for this. */
  | { readonly type: "waits"; readonly what: string }
  /** The queue let it in, `on` a place elsewhere where it is one: its process is being started. */
  | { readonly type: "admitted"; readonly at: number; readonly on?: string | undefined }
  | { readonly type: "spawned"; readonly at: number; readonly process: ProcessIdentity }
  | PlaceEvent
  | {
      readonly type: "session_identified";
      readonly at: number;
      readonly sessionId: string;
      readonly definition?: string | undefined;
    }
  /** It is known which message of the session the turn begins with. */
  | { readonly type: "prompted"; readonly messageId: string }
  /** The start failed before anything was done: a second one follows, in this session or in one that is not there yet. */
  | { readonly type: "start_repeated"; readonly at: number; readonly sessionId: string | null }
  | { readonly type: "progressed"; readonly at: number; readonly progress: Progress }
  /** It asks the user something. */
  | { readonly type: "asked"; readonly at: number; readonly asked: Asked }
  /** Something that it asked is answered; `by` says who did, and where. */
  | {
      readonly type: "answered";
      readonly at: number;
      readonly askId: string;
      readonly reply: Reply;
      readonly by: string;
    }
  /** Somebody or some policy wants it ended; the first cause wins. */
  | { readonly type: "stop_requested"; readonly at: number; readonly outcome: Outcome }
  /** A further turn is asked for; it waits behind the last one and those that were asked for before. */
  | { readonly type: "follow_up_requested"; readonly at: number; readonly prompt: string }
  /** The last turn is over and done with: the next one that was asked for begins to wait for its place. */
  | { readonly type: "next_turn_opened"; readonly at: number }
  /** Nobody is left to begin what waits behind a turn that has ended. */
  | { readonly type: "follow_ups_dropped"; readonly at: number }
  /** The parent session was told of the end, or cannot be any more. */
  | {
      readonly type: "announcement_settled";
      readonly at: number;
      readonly state: Exclude<Announcement["state"], "pending">;
    }
  /** The turn is to be stopped and replaced by one with this prompt. */
  | { readonly type: "intervention_requested"; readonly at: number; readonly prompt: string }
  /** The turn is to be stopped, and gone on with by another model. */
  | { readonly type: "fallback_requested"; readonly at: number; readonly fallback: Continuation }
  /** A turn that was stopped for another one, or that came to no good end and is gone on with, is over: the next one starts. */
  | {
      readonly type: "turn_replaced";
      /** Absent: what it was stopped for. */
      readonly fallback?: Continuation | undefined;
      readonly at: number;
      readonly exitCode: number | null;
      readonly signal: string | null;
    }
  /** The turn is over and nothing of it runs any more. */
  | {
      readonly type: "ended";
      readonly at: number;
      readonly outcome: Outcome;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly resultPreview: string | null;
      readonly resultParts?: ResultParts | undefined;
      readonly changes?: Changes | undefined;
      /** Why nobody could see whether something of it runs yet. */
      readonly unseen?: string | undefined;
    };

/** What the supervisor has to do after a transition, in this order. */
export type Effect =
  /** Write the record now: something that must survive a crash has changed. */
  | "save"
  /** Write the record when convenient: only progress has changed. */
  | "save_later"
  /** Ask for a place in the line. */
  | "request_place"
  /** End the agent's process tree. */
  | "stop"
  /** Start the last turn. */
  | "start_turn"
  /** The last turn waits elsewhere: the time in which it can do nothing does not count. */
  | "pause_watches"
  /** The last turn has begun elsewhere: it is watched from now on. */
  | "start_watches"
  /** The turn has reached a terminal status: tell everybody who waits. */
  | "settle";

export interface Transition {
  readonly instance: Instance;
  readonly effects: readonly Effect[];
}

/**
 * The one place where an instance changes. Pure; every event is decided in every state. A turn that has ended stays as
 * it is: only its announcement is settled, and a follow-up opens a new turn.
 */
export function transition(instance: Instance, event: InstanceEvent): Transition {
  if (event.type === "follow_up_requested") {
    return { instance: { ...instance, followUps: [...instance.followUps, event.prompt] }, effects: ["save"] };
  }
  if (event.type === "next_turn_opened") return nextTurn(instance);
  if (event.type === "follow_ups_dropped") return followUpsDropped(instance);
  if (event.type === "announcement_settled") return announcementSettled(instance, event.state);
  if (isTerminal(instance)) return { instance, effects: [] };
  switch (event.type) {
    case "waits":
      return waits(instance, event.what);
    case "admitted":
      if (instance.state.status !== "queued") return { instance, effects: [] };
      return { instance: admittedAt(instance, event), effects: ["save"] };
    case "spawned":
      return spawned(instance, event.process);
    case "awaited":
      return { instance: awaitedAt(instance, event.place), effects: ["save", "pause_watches"] };
    case "begun":
      return { instance: begunAt(instance, event), effects: ["save", "start_watches"] };
    case "session_identified":
      return sessionIdentified(instance, event);
    case "prompted":
      return prompted(instance, event.messageId);
    case "start_repeated":
      return startRepeated(instance, event.sessionId);
    case "progressed":
      return {
        instance: { ...instance, progress: neverLess(instance.progress, event.progress) },
        effects: ["save_later"],
      };
    case "asked":
      return asked(instance, event);
    case "answered":
      return answered(instance, event);
    case "stop_requested":
      return stopRequested(instance, event.outcome, event.at);
    case "intervention_requested":
      return interventionRequested(instance, event.prompt);
    case "fallback_requested":
      return fallbackRequested(instance, event.fallback);
    case "turn_replaced":
      return turnReplaced(instance, event);
    case "ended":
      return ended(instance, event);
    default:
      return unreachable(event);
  }
}

function waits(instance: Instance, what: string): Transition {
  if (instance.state.status !== "queued") return { instance, effects: [] };
  const progress = { ...instance.progress, activity: `waits for ${what}` };
  return { instance: { ...instance, progress }, effects: ["save"] };
}

function spawned(instance: Instance, process: ProcessIdentity): Transition {
  if (instance.state.status === "queued") return { instance, effects: [] };
  return { instance: { ...instance, state: { ...instance.state, process } }, effects: ["save"] };
}

function sessionIdentified(
  instance: Instance,
  { sessionId, definition = instance.definition }: Extract<InstanceEvent, { type: "session_identified" }>,
): Transition {
  if (instance.state.status !== "pending") return { instance, effects: [] };
  const { isAwaited: _, ...known } = instance.state;
  const state: InstanceState = { ...known, status: "running", intervention: null };
  return { instance: { ...instance, sessionId, definition, state }, effects: ["save"] };
}

function prompted(instance: Instance, messageId: string): Transition {
  if (instance.turns.at(-1)?.messageId === messageId) return { instance, effects: [] };
  return { instance: { ...instance, turns: replaceLast(instance.turns, { messageId }) }, effects: ["save"] };
}

function startRepeated(instance: Instance, sessionId: string | null): Transition {
  const { state } = instance;
  if ((state.status !== "pending" && state.status !== "running") || state.ending !== null)
    return { instance, effects: [] };
  // What is to be stopped for an intervention starts with that one.
  if (state.status === "running" && state.intervention !== null) return { instance, effects: [] };
  const again: InstanceState = { status: "pending", startedAt: state.startedAt, process: null, ending: null };
  const turns = replaceLast(instance.turns, { messageId: undefined });
  return { instance: { ...instance, sessionId, state: again, turns }, effects: ["save"] };
}

function asked(instance: Instance, { asked, at }: Extract<InstanceEvent, { type: "asked" }>): Transition {
  const { state, questions: before = [] } = instance;
  if ("ending" in state && state.ending !== null) return { instance, effects: [] };
  const questions = withAsked(before, asked, at);
  return questions === before ? { instance, effects: [] } : { instance: { ...instance, questions }, effects: ["save"] };
}

function answered(
  instance: Instance,
  { askId, reply, by, at }: Extract<InstanceEvent, { type: "answered" }>,
): Transition {
  const { questions: before = [], allowed: earlier = [] } = instance;
  const question = before.find((each) => each.askId === askId && each.state === "open");
  if (question === undefined) return { instance, effects: [] };
  const questions = withReply(before, askId, reply, by, at);
  const allowed = reply.kind === "always" ? [...earlier, ...allowedBy(question)] : earlier;
  return { instance: { ...instance, questions, allowed }, effects: ["save"] };
}

/** What was asked in a turn is not answered any more once that is over. */
function closedQuestions({ questions }: Instance, at: number): Pick<Instance, "questions"> {
  return questions === undefined ? {} : { questions: withoutOpen(questions, at) };
}

function stopRequested(instance: Instance, outcome: Outcome, at: number): Transition {
  if (instance.state.status === "queued") {
    return ended(instance, { at, outcome, exitCode: null, signal: null, resultPreview: null });
  }
  const state = instance.state;
  if ("endedAt" in state || state.ending !== null) return { instance, effects: [] };
  return { instance: { ...instance, state: { ...state, ending: outcome } }, effects: ["stop"] };
}

/** An end is told once the last of the turns that were asked for is over. */
function announcementOf({ turns, followUps, announce }: Instance): Announcement | null {
  if (announce === "off" || followUps.length > 0) return null;
  return { turn: turns.length, mode: announce, state: "pending" };
}

function nextTurn(instance: Instance): Transition {
  const [prompt, ...later] = instance.followUps;
  if (!isTerminal(instance) || prompt === undefined) return { instance, effects: [] };
  const turn: Turn = { kind: "follow_up", prompt, startedAt: null, endedAt: null, exitCode: null, signal: null };
  return {
    instance: {
      ...instance,
      followUps: later,
      ...(instance.modelsTried === undefined ? {} : { modelsTried: undefined }),
      state: { status: "queued" },
      turns: [...instance.turns, turn],
      progress: { ...instance.progress, activity: "starting", textPreview: null, ...noDeeds },
      announcement: null,
    },
    effects: ["save", "request_place"],
  };
}

function followUpsDropped(instance: Instance): Transition {
  if (!isTerminal(instance) || instance.followUps.length === 0) return { instance, effects: [] };
  const last = { ...instance, followUps: [] };
  return { instance: { ...last, announcement: announcementOf(last) }, effects: ["save"] };
}

function announcementSettled(instance: Instance, state: Announcement["state"]): Transition {
  const { announcement } = instance;
  if (announcement === null || announcement.state !== "pending") return { instance, effects: [] };
  return { instance: { ...instance, announcement: { ...announcement, state } }, effects: ["save"] };
}

function interventionRequested(instance: Instance, prompt: string): Transition {
  const { state } = instance;
  // Before its session is known a run cannot be continued, and one that is on its way out needs no help.
  if (state.status !== "running" || state.ending !== null || state.intervention !== null)
    return { instance, effects: [] };
  return { instance: { ...instance, state: { ...state, intervention: prompt } }, effects: ["stop"] };
}

function fallbackRequested(instance: Instance, fallback: Continuation): Transition {
  const { state } = instance;
  const requested = interventionRequested(instance, fallback.prompt);
  if (requested.instance === instance || state.status !== "running") return requested;
  const withModel = { ...state, intervention: fallback.prompt, fallback };
  return { ...requested, instance: { ...requested.instance, state: withModel } };
}

function turnReplaced(
  instance: Instance,
  { at, exitCode, signal, fallback: given }: Extract<InstanceEvent, { type: "turn_replaced" }>,
): Transition {
  const { state } = instance;
  if (state.status !== "running" || state.ending !== null) return { instance, effects: [] };
  const fallback = state.fallback ?? given;
  const prompt = fallback?.prompt ?? state.intervention;
  if (prompt === null) return { instance, effects: [] };
  const kind = fallback === undefined ? "intervention" : "fallback";
  const next: Turn = { kind, prompt, startedAt: at, endedAt: null, exitCode: null, signal: null };
  const turns = [...replaceLast(instance.turns, { endedAt: at, exitCode, signal }), next];
  return {
    instance: {
      ...instance,
      ...closedQuestions(instance, at),
      ...(fallback === undefined ? {} : withModel(instance, fallback)),
      turns,
      state: { ...state, process: null, intervention: null, fallback: undefined },
    },
    effects: ["save", "start_turn"],
  };
}

/** The session goes on with the model, whatever the agent was made of when it began. */
function withModel({ model: before, modelsTried = [] }: Instance, { model, error }: Continuation): Partial<Instance> {
  if (error === null) return {};
  return { model, definition: undefined, modelsTried: [...modelsTried, { model: nameOf(before), error }] };
}

function ended(instance: Instance, event: Omit<Extract<InstanceEvent, { type: "ended" }>, "type">): Transition {
  const { state } = instance;
  const cause = "ending" in state && state.ending !== null ? state.ending : withTried(event.outcome, instance);
  const outcome = withUnseen(cause, event.unseen);
  const followUps = whatGoesOn(instance, cause);
  return {
    instance: {
      ...instance,
      state: {
        status: outcome.status,
        startedAt: "startedAt" in state ? state.startedAt : null,
        endedAt: event.at,
        process: "process" in state ? state.process : null,
        reason: outcome.reason ?? null,
        error: outcome.error ?? null,
      },
      turns: replaceLast(instance.turns, { endedAt: event.at, exitCode: event.exitCode, signal: event.signal }),
      ...closedQuestions(instance, event.at),
      resultPreview: event.resultPreview,
      resultParts: event.resultParts,
      changes: event.changes,
      followUps,
      announcement: announcementOf({ ...instance, followUps, announce: announceAfter(instance, cause) }),
    },
    effects: ["save", "settle"],
  };
}

/** Whoever ends an agent on purpose does not want what waits behind it either; and without a session it means nothing. */
function whatGoesOn({ sessionId, followUps }: Instance, { status, reason }: Outcome): readonly string[] {
  return sessionId === null || status === "killed" || reason === "shutdown" ? [] : followUps;
}
