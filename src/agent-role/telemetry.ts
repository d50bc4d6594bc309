import { noTokens, type Liveness, type Tokens } from "../supervisor/instance.ts";
import { callArgument, callLine } from "../opencode/call-line.ts";
import { readRefusal } from "../opencode/refusals.ts";
import { TurnDeeds } from "../opencode/turn-deeds.ts";
import { MOST_REFUSED } from "../supervisor/deeds.ts";
import { isOwnMessage } from "../opencode/whose-words.ts";
import {
  inWords,
  isSame,
  oldestTool,
  phaseOf,
  retryIn,
  type Doing,
  type OpenCall,
  type Retry,
} from "./activity-words.ts";
import { Asking } from "./asking.ts";
import type { HostEvent, HostMessage, HostPart } from "./host-event.ts";
import type { Refusal, Telemetry, ToolReport } from "./telemetry-line.ts";
import { unreachable } from "../lib/unreachable.ts";

/** After this long without an event a model that was thinking or writing counts as silent. */
const SILENT_AFTER_MS = 5000;
/** States that only hold while events come: a running tool or a retry is quiet by nature. */
const NEEDS_EVENTS: ReadonlySet<Doing["kind"]> = new Set(["thinking", "writing"]);

/** Of what a running call is for. */
const SHOWN_CHARACTERS = 60;
/** Of what it thought or wrote last. */
const LAST_WORDS = 300;

/** Agents of the host that help out in a session of another one. */
const HELPERS = new Set(["compaction", "summary", "title"]);

/**
 * What the events of a child's sessions say of the agent: pure but for its own state. The first session that speaks is
 * the agent's own; all others are native subagents, whose tools, tokens and cost count as the agent's.
 */
export class TelemetryState {
  #sessionId: string | null;
  #agent: string | null = null;
  #doing: Doing = { kind: "starting" };
  #tokens: Tokens = noTokens;
  #costUsd = 0;
  #lastEventAt: number;
  #activitySince: number;
  /** A request to the model is out: its message has begun and its step has not ended. */
  #isAsked = false;
  #isBusy = false;
  #isOver = false;
  #retry: Retry = { at: null, words: undefined };
  #thinkingSince: number | null = null;
  #hasActed = false;
  #repeatsItself = false;
  #lastWords = "";
  #loopGuard: string | null = null;
  #toolCallCount = 0;
  /** Open calls of the own session by part id, in the order in which they came to their state. */
  readonly #openCalls = new Map<string, OpenCall>();
  /** Parts whose start, or whose cost, was counted. */
  readonly #counted = new Set<string>();
  readonly #partTypes = new Map<string, "text" | "reasoning">();
  #reports: ToolReport[] = [];
  #promptId: string | null = null;
  #latestMessage: string | null = null;
  readonly #foreignMessages = new Set<string>();
  readonly #refusals = new Map<string, Refusal>();
  /** What was asked for a call, by the id of the call. */
  readonly #asked = new Map<string, string>();

  readonly #deeds: TurnDeeds;
  /** What it asks the user. */
  readonly asking = new Asking();

  constructor(sessionId: string | null, now: number, directory: string) {
    this.#deeds = new TurnDeeds(directory);
    this.#sessionId = sessionId;
    this.#lastEventAt = now;
    this.#activitySince = now;
  }

  /** A text of the agent has become a loop. */
  textRepeated(): void {
    this.#repeatsItself = true;
  }

  /** The loop guard gives the run up. */
  loopGuardGaveUp(marker: string): void {
    this.#loopGuard ??= marker;
  }

  /** A prompt is put into a session; the first one of the agent's own is that of the turn. Returns whether it is. */
  prompted(sessionId: string, messageId: string): boolean {
    this.#sessionId ??= sessionId;
    if (this.#promptId !== null || sessionId !== this.#sessionId) return false;
    this.#promptId = messageId;
    return true;
  }

  /** Takes an event in; returns whether something changed that is worth a report. */
  apply(event: HostEvent, now: number): boolean {
    const { sessionID } = event.properties;
    this.#sessionId ??= sessionID;
    // The first sign of life after a silence is news, whatever it is.
    const endsSilence = now - this.#lastEventAt > SILENT_AFTER_MS;
    this.#lastEventAt = now;
    const isOwn = sessionID === this.#sessionId;
    return this.#applyKnown(event, isOwn, now) || endsSilence;
  }

  #applyKnown(event: HostEvent, isOwn: boolean, now: number): boolean {
    switch (event.type) {
      case "session.created":
        return isOwn;
      case "session.status":
        return isOwn && this.#statusChanged(event.properties.status);
      case "message.updated":
        return isOwn && this.#messageUpdated(event.properties.info);
      case "message.part.updated":
        return this.#partUpdated(event.properties.part, isOwn, now);
      case "permission.asked":
        this.#permissionAsked(event.properties);
        return false;
      case "message.part.delta":
        return isOwn && this.#deltaCame(event.properties);
      default:
        return unreachable(event);
    }
  }

  /** Whether the turn has come to its end. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The calls that were not allowed so far. */
  refusals(): readonly Refusal[] {
    return [...this.#refusals.values()];
  }

  /** The report as of now. Hands out the tool reports since the last one. */
  report(now: number): Telemetry {
    const tools = this.#reports;
    this.#reports = [];
    if (NEEDS_EVENTS.has(this.#doing.kind) && now - this.#lastEventAt > SILENT_AFTER_MS) this.#becomeOpenCall();
    return {
      sessionId: this.#sessionId,
      agent: this.#agent,
      activity:
        this.asking.activity ?? inWords(this.#doing, this.#retry, this.#isAsked ? now - this.#lastEventAt : null),
      toolCallCount: this.#toolCallCount,
      tokens: this.#tokens,
      costUsd: this.#costUsd,
      lastActivityAt: this.#lastEventAt,
      liveness: this.asking.over(this.#liveness()),
      loopGuard: this.#loopGuard,
      messages: { prompt: this.#promptId, latest: this.#latestMessage, foreign: [...this.#foreignMessages] },
      isOver: this.#isOver,
      asked: this.asking.open,
      said: this.asking.takeSaid(),
      refusals: this.refusals(),
      deeds: this.#deeds.sum,
      tools,
    };
  }

  #liveness(): Liveness {
    const phase = phaseOf(this.#doing);
    const running = phase === "tool" ? oldestTool(this.#openCalls.values(), this.#lastEventAt) : undefined;
    return {
      phase,
      since: this.#activitySince,
      ...running,
      ...retryIn(phase, this.#retry),
      // While the host waits for the provider, nobody thinks.
      thinkingSince: phase === "retrying" ? null : this.#thinkingSince,
      hasActed: this.#hasActed,
      repeatsItself: this.#repeatsItself,
      ...(this.#lastWords === "" ? {} : { lastWords: this.#lastWords }),
    };
  }

  #statusChanged({ type, next, message }: Status): boolean {
    this.#isOver = type === "idle" && (this.#isBusy || this.#isOver);
    this.#isBusy = type !== "idle";
    if (type === "retry") {
      const isLater = next !== undefined && next !== this.#retry.at;
      this.#retry = { at: next ?? this.#retry.at, words: message };
      this.#forgetComposed();
      return this.#become({ kind: "retrying" }) || isLater;
    }
    if (type === "busy" && this.#doing.kind === "retrying") return this.#become({ kind: "silent" });
    if (type === "idle") this.#isAsked = false;
    return this.#isOver;
  }

  #messageUpdated(info: HostMessage): boolean {
    const isNew = this.#messageCame(info);
    const { role, agent, finish, time } = info;
    if (role !== "assistant") return isNew;
    this.#isAsked = finish === undefined && time?.completed === undefined;
    const isNews = this.#isAsked && this.#doing.kind === "starting" && this.#become({ kind: "silent" });
    return this.#agentNamed(agent) || isNews || isNew;
  }

  #messageCame(info: HostMessage): boolean {
    const { id } = info;
    if (id === undefined) return false;
    if (!isOwnMessage(info)) this.#foreignMessages.add(id);
    const isNew = this.#latestMessage === null || id > this.#latestMessage;
    if (isNew) this.#latestMessage = id;
    return isNew;
  }

  #agentNamed(agent: string | undefined): boolean {
    if (agent === undefined || agent === this.#agent || HELPERS.has(agent)) return false;
    this.#agent = agent;
    return true;
  }

  #partUpdated(part: HostPart, isOwn: boolean, now: number): boolean {
    switch (part.type) {
      case "text":
      case "reasoning":
        if (isOwn) this.#partTypes.set(part.id, part.type);
        return false;
      case "step-start":
        if (isOwn) this.#forgetComposed();
        return isOwn && this.#wasAsked();
      case "step-finish":
        return this.#stepFinished(part, isOwn);
      case "tool":
        return this.#toolUpdated(part, isOwn, now);
      default:
        return unreachable(part);
    }
  }

  #deltaCame({ partID, delta = "" }: Delta): boolean {
    const type = this.#partTypes.get(partID);
    if (type === undefined) return false;
    this.#lastWords = (this.#lastWords + delta).slice(-LAST_WORDS);
    if (type === "reasoning") {
      this.#thinkingSince ??= this.#lastEventAt;
      return this.#become({ kind: "thinking" });
    }
    this.#act();
    return this.#become({ kind: "writing" });
  }

  /** A text or a tool: the agent does something. */
  #act(): void {
    this.#thinkingSince = null;
    this.#hasActed = true;
  }

  #permissionAsked({ permission, patterns, tool }: Asked): void {
    if (tool !== undefined) this.#asked.set(tool.callID, `${permission}: ${patterns.join(", ")}`);
  }

  #stepFinished({ id, tokens, cost }: Extract<HostPart, { type: "step-finish" }>, isOwn: boolean): boolean {
    if (this.#counted.has(id)) return false;
    this.#counted.add(id);
    if (isOwn) {
      this.#partTypes.clear();
      this.#isAsked = false;
    }
    this.#costUsd += cost;
    this.#tokens = {
      input: this.#tokens.input + tokens.input,
      output: this.#tokens.output + tokens.output,
      reasoning: this.#tokens.reasoning + tokens.reasoning,
      cacheRead: this.#tokens.cacheRead + tokens.cache.read,
      cacheWrite: this.#tokens.cacheWrite + tokens.cache.write,
    };
    return true;
  }

  #toolUpdated(part: ToolPart, isOwn: boolean, now: number): boolean {
    const { status } = part.state;
    this.#act();
    if (status === "pending") return isOwn && this.#callBecame("composing", part);
    const isNew = !this.#counted.has(part.id);
    if (isNew) {
      this.#counted.add(part.id);
      this.#toolCallCount += 1;
      this.#report(part, "started", now);
    }
    this.#deeds.called(part.id, part);
    if (status === "running") {
      return (isOwn && this.#callBecame("tool", part)) || isNew;
    }
    this.#openCalls.delete(part.id);
    this.#noteRefusal(part, isOwn);
    this.#report(part, status === "error" ? "failed" : "ended", now);
    if (isOwn) this.#becomeOpenCall();
    return true;
  }

  #report({ id, tool, state: { input } }: ToolPart, state: ToolReport["state"], at: number): void {
    this.#reports.push({ call: id, tool, state, what: callArgument(tool, input), at });
  }

  #noteRefusal(part: ToolPart, isOwn: boolean): void {
    const asked = this.#asked.get(part.callID ?? "") ?? null;
    this.#asked.delete(part.callID ?? "");
    const call = readRefusal(part);
    if (call === undefined || this.asking.isHeld(part.callID) || this.#refusals.size >= MOST_REFUSED) return;
    this.#refusals.set(`${isOwn} ${call}`, { call, asked, isOwn });
  }

  /** What the agent does while the model says nothing: the last of the calls that are open, if there is one. */
  #becomeOpenCall(): void {
    const stillOpen = [...this.#openCalls.values()].at(-1);
    if (stillOpen === undefined) this.#become({ kind: "silent" });
    else this.#become({ kind: stillOpen.state, call: stillOpen.shown }, stillOpen.since);
  }

  #callBecame(state: OpenCall["state"], { id, tool, state: { input } }: ToolPart): boolean {
    const call = this.#openCalls.get(id);
    // A running tool is told of again with each thing that it says.
    if (call?.state === state) return false;
    this.#openCalls.delete(id);
    // What is still being written has no arguments yet.
    const shown = state === "tool" ? callLine(tool, input, SHOWN_CHARACTERS) : tool;
    this.#openCalls.set(id, { state, tool, shown, since: this.#lastEventAt });
    const isNews = this.#become({ kind: state, call: shown });
    this.#activitySince = this.#lastEventAt;
    return isNews;
  }

  /** What was being written when the model was asked anew will never run. */
  #forgetComposed(): void {
    for (const [id, { state }] of this.#openCalls) if (state === "composing") this.#openCalls.delete(id);
  }

  /** The model was asked, and has not said anything yet. */
  #wasAsked(): boolean {
    this.#isAsked = true;
    return this.#become({ kind: "silent" });
  }

  #become(doing: Doing, since = this.#lastEventAt): boolean {
    const changed = !isSame(this.#doing, doing);
    if (changed) {
      if (this.#doing.kind === "retrying" && this.#thinkingSince !== null) {
        this.#thinkingSince += this.#lastEventAt - this.#activitySince;
      }
      this.#activitySince = since;
    }
    this.#doing = doing;
    return changed;
  }
}

type ToolPart = Extract<HostPart, { type: "tool" }>;
type Delta = Extract<HostEvent, { type: "message.part.delta" }>["properties"];
type Status = Extract<HostEvent, { type: "session.status" }>["properties"]["status"];
type Asked = Extract<HostEvent, { type: "permission.asked" }>["properties"];
