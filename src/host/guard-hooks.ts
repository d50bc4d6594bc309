import type { Hooks } from "../opencode/plugin-api.ts";
import { digestEnd, isWaiting, type CallResult } from "../guard/call-result.ts";
import { fingerprint } from "../guard/fingerprint.ts";
import { gistOf } from "../guard/gist.ts";
import type { GuardedSessions } from "../guard/guarded-sessions.ts";
import { TextRepetition } from "../guard/text-repetition.ts";
import { NewestMap } from "../lib/newest-map.ts";
import { callKind } from "./call-kind.ts";
import { isSideRequest } from "./side-request.ts";
import { callEnd, isToolState, readAnswer, withoutText } from "./tool-answer.ts";
import { isNumber, isText, oneOf, shape, type Checked } from "../lib/shape.ts";
import { isOfSupervisor } from "../opencode/own-metadata.ts";
import { isSent, type MessagePart } from "../opencode/whose-words.ts";
import { isOwnTool } from "../text/own-tools.ts";
import { QUESTION, TODO_LIST } from "../opencode/tool-names.ts";

/** One finished call, for the session's tool log. Metadata only. */
export interface LoggedCall {
  readonly sessionId: string;
  readonly agent: string;
  readonly tool: string;
  readonly fingerprint: string;
  readonly outcome: "ok" | "error";
  /** Milliseconds that the tool itself took. */
  readonly durationMs: number;
}

export interface GuardHooksParts {
  /** Calls are decided; otherwise they are only logged. */
  readonly isEnabled: boolean;
  readonly sessions: GuardedSessions;
  /** Paths below it are made relative in fingerprints. */
  readonly worktree: string;
  readonly exemptTools: readonly string[];
  readonly log: (call: LoggedCall) => void;
  /** Nothing more is to be expected of a session; the marker says why. */
  readonly onGiveUp?: (marker: string, sessionId: string) => void;
  /** A text of a session has become a loop. Absent, or where it returns `false`: the session is nudged. */
  readonly onRepeatedText?: (sessionId: string) => boolean;
  /** Takes what a session is to be told below the answer of its next call; `undefined` where there is nothing. */
  readonly noteFor?: (sessionId: string) => Promise<string | undefined>;
  /** Whether a message that arrives is an intervention of the supervisor, not the user speaking. */
  readonly isIntervention?: boolean;
}

type GuardHooks = Required<
  Pick<
    Hooks,
    "tool.execute.before" | "tool.execute.after" | "event" | "chat.message" | "experimental.chat.system.transform"
  >
>;

const isToolPart = shape({
  type: oneOf("tool"),
  tool: isText,
  callID: isText,
  sessionID: isText,
  messageID: isText,
  state: isToolState,
});
type ToolPart = Checked<typeof isToolPart>;

const isAssistant = shape({ role: oneOf("assistant"), sessionID: isText, agent: isText });
const isPart = shape({ type: isText, id: isText, sessionID: isText });
const hasEnded = shape({ time: shape({ end: isNumber }) });
const isDelta = shape({ partID: isText, sessionID: isText, delta: isText });

/** An answer as it was when `tool.execute.after` was called, and the nudge that was put below it. */
interface TakenAnswer {
  readonly output: string;
  readonly result: CallResult;
  readonly nudge: string | undefined;
  /** All that was put below it; the empty text where nothing was. */
  readonly below: string;
}

/** Waits and notes: tools that may be called again and again. */
const EXEMPT = new Set([...TODO_LIST, QUESTION]);
/** The agent whose steps are such requests. */
const COMPACTION = "compaction";
/** What is older than that is over. */
const MOST_REMEMBERED = 500;
const REPEATED_TEXT =
  "[loop guard: repeated text] You are repeating yourself. Stop, say the conclusion once, and take the next concrete step.";

/** The hooks by which the loop guard sees every session of this process. */
export function guardHooks(parts: GuardHooksParts): GuardHooks {
  return new GuardAdapter(parts).hooks;
}

class GuardAdapter {
  readonly #parts: GuardHooksParts;
  readonly #exempt: ReadonlySet<string>;
  /** The message of each call that is open: calls of one message are one round. */
  readonly #rounds = new NewestMap<string>(MOST_REMEMBERED);
  readonly #fingerprints = new NewestMap<string>(MOST_REMEMBERED);
  /** What was made of answers that their events have not told of yet. */
  readonly #answers = new NewestMap<TakenAnswer>(MOST_REMEMBERED);
  readonly #agents = new NewestMap<string>(MOST_REMEMBERED);
  readonly #texts = new NewestMap<TextRepetition>(MOST_REMEMBERED);

  constructor(parts: GuardHooksParts) {
    this.#parts = parts;
    this.#exempt = new Set([...EXEMPT, ...parts.exemptTools]);
  }

  readonly hooks: GuardHooks = {
    "tool.execute.before": async ({ tool, sessionID, callID }, { args }) => {
      const print = fingerprint(tool, args, this.#parts.worktree);
      const key = callKey(sessionID, callID);
      this.#fingerprints.set(key, print);
      if (this.#isExempt(tool)) return;
      const guard = await this.#parts.sessions.of(sessionID);
      const kind = await callKind(tool, args);
      const decision = guard.decide({
        callId: callID,
        round: this.#rounds.get(key),
        tool,
        kind,
        fingerprint: print,
        gist: gistOf({ tool, kind, args, fingerprint: print }, this.#parts.worktree),
        waits: isWaiting(tool, args),
      });
      this.#parts.sessions.changed(sessionID, guard);
      if (decision.kind !== "block") return;
      if (decision.endsRun !== undefined) this.#parts.onGiveUp?.(decision.endsRun, sessionID);
      throw new Error(decision.text);
    },
    "tool.execute.after": async ({ tool, sessionID, callID, args }, output) => {
      const answer = readAnswer(output);
      if (answer?.end.status !== "completed") return;
      const note = await this.#parts.noteFor?.(sessionID);
      if (this.#isExempt(tool)) {
        if (note !== undefined) answer.append(note);
        return;
      }
      const result = digestEnd(tool, args, answer.end);
      const nudge = (await this.#parts.sessions.of(sessionID)).nudgeFor(callID, result);
      const below = [nudge, note].filter((text) => text !== undefined).join("\n\n");
      if (below !== "") answer.append(below);
      this.#answers.set(callKey(sessionID, callID), { output: answer.end.output, result, nudge, below });
    },
    event: async ({ event }) => await this.#event(event),
    "chat.message": async ({ sessionID, agent }, { parts }) => {
      if (agent !== undefined) this.#agents.set(sessionID, agent);
      const { isEnabled, isIntervention } = this.#parts;
      if (!isEnabled || isIntervention === true || !parts.some(isFromUser)) return;
      const guard = await this.#parts.sessions.of(sessionID);
      if (guard.userSpoke()) this.#parts.sessions.changed(sessionID, guard);
    },
    "experimental.chat.system.transform": async ({ sessionID }, { system }) => {
      if (!this.#parts.isEnabled || sessionID === undefined || isSideRequest(system)) return;
      const nudges = (await this.#parts.sessions.of(sessionID)).offerNudges();
      system.push(...nudges);
    },
  };

  async #event({ type, properties }: { type: string; properties: object }): Promise<void> {
    if (type === "message.part.delta") await this.#delta(properties);
    else if (type === "message.part.updated") await this.#partUpdated(Reflect.get(properties, "part"));
    else if (type === "message.updated") this.#messageUpdated(Reflect.get(properties, "info"));
  }

  #messageUpdated(info: unknown): void {
    if (isAssistant(info)) this.#agents.set(info.sessionID, info.agent);
  }

  async #partUpdated(part: unknown): Promise<void> {
    if (!isPart(part)) return;
    if (part.type === "step-start") {
      await this.#stepStarted(part.sessionID);
    } else if (part.type === "text" || part.type === "reasoning") {
      if (hasEnded(part)) this.#texts.delete(part.id);
      // A summary is not said by the agent.
      else if (!this.#texts.has(part.id) && this.#agents.get(part.sessionID) !== COMPACTION)
        this.#texts.set(part.id, new TextRepetition());
    } else if (isToolPart(part)) {
      await this.#toolUpdated(part);
    }
  }

  async #stepStarted(sessionID: string): Promise<void> {
    if (!this.#parts.isEnabled || this.#agents.get(sessionID) === COMPACTION) return;
    const guard = await this.#parts.sessions.of(sessionID);
    if (guard.stepStarted()) this.#parts.sessions.changed(sessionID, guard);
  }

  async #toolUpdated(part: ToolPart): Promise<void> {
    const { tool, callID, sessionID, messageID, state } = part;
    const key = callKey(sessionID, callID);
    if (state.status === "pending" || state.status === "running") {
      this.#rounds.set(key, messageID);
      return;
    }
    // An end is told again when the host compacts the session.
    if (!this.#rounds.delete(key)) return;
    const print = this.#fingerprints.get(key) ?? fingerprint(tool, state.input, this.#parts.worktree);
    this.#fingerprints.delete(key);
    const { result, isTold } = this.#result(key, part);
    const { start = 0, end = start } = state.time ?? {};
    this.#parts.log({
      sessionId: sessionID,
      agent: this.#agents.get(sessionID) ?? "unknown",
      tool,
      fingerprint: print,
      outcome: result.isError ? "error" : "ok",
      durationMs: end - start,
    });
    if (!this.#parts.isEnabled) return;
    const guard = await this.#parts.sessions.of(sessionID);
    if (this.#isExempt(tool)) {
      if (guard.exemptEnded(result.isError)) this.#parts.sessions.changed(sessionID, guard);
      return;
    }
    const hopeless = guard.ended({ callId: callID, result, tookMs: end - start, isTold });
    if (hopeless !== undefined) this.#parts.onGiveUp?.(hopeless, sessionID);
    this.#parts.sessions.changed(sessionID, guard);
  }

  /** What a call has brought, and whether the model is told what is to be told of it. */
  #result(key: string, { tool, state }: ToolPart): { result: CallResult; isTold: boolean } {
    const taken = this.#answers.get(key);
    this.#answers.delete(key);
    const end = callEnd(state);
    const bare = taken === undefined || taken.below === "" ? end : withoutText(end, taken.below);
    // Another plugin, or the host itself, may have changed the answer since.
    if (taken === undefined || bare?.status !== "completed") {
      return { result: digestEnd(tool, state.input, end), isTold: false };
    }
    if (bare.output === taken.output) return { result: taken.result, isTold: true };
    return { result: digestEnd(tool, state.input, bare), isTold: taken.nudge !== undefined };
  }

  async #delta(properties: object): Promise<void> {
    if (!this.#parts.isEnabled || !isDelta(properties)) return;
    if (this.#texts.get(properties.partID)?.push(properties.delta) !== true) return;
    // Told once for each text.
    this.#texts.delete(properties.partID);
    if (this.#parts.onRepeatedText?.(properties.sessionID) === true) return;
    const guard = await this.#parts.sessions.of(properties.sessionID);
    guard.addNudge(REPEATED_TEXT);
    this.#parts.sessions.changed(properties.sessionID, guard);
  }

  #isExempt(tool: string): boolean {
    return !this.#parts.isEnabled || isOwnTool(tool) || this.#exempt.has(tool);
  }
}

/** Some providers number the calls of each session, or each step, from zero. */
function callKey(sessionId: string, callId: string): string {
  return `${sessionId}\0${callId}`;
}

/** Synthetic parts come from the host or a plugin, interventions from the supervisor. */
function isFromUser(part: MessagePart): boolean {
  return isSent(part) && !isOfSupervisor(part.metadata);
}
