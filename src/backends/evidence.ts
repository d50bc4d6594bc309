import { stripVTControlCharacters } from "node:util";
import type { Refusal } from "../agent-role/telemetry-line.ts";
import { isFinished, type EndCause, type Outcome, type TurnEvidence } from "../supervisor/outcome.ts";
import { providerTrouble } from "../opencode/provider-trouble.ts";
import { readRefusal } from "../opencode/refusals.ts";
import { joinTexts } from "../opencode/whose-words.ts";
import { isOwnText, messageOf, type RunEvent } from "./run-event.ts";
import type { HostFact } from "./host-fact.ts";
import { orphanWords } from "./orphan-words.ts";
import { unreachable } from "../lib/unreachable.ts";
import { TASK } from "../opencode/tool-names.ts";

/** More text than this is cut; the session keeps the whole. */
const MAX_TEXT_CHARACTERS = 4_194_304;
const LAST_LINES = 3;
const LAST_LINE_CHARACTERS = 500;
/** What `opencode run` says when the cause is in its log only. */
const UNEXPLAINED = "Unexpected server error";
/** What opencode calls a session that has become too long for its model. */
export const CONTEXT_FULL = "ContextOverflowError";
const MOST_OVERFLOWS = 3;
/** Found locked at the very start, the database is told of by the query that failed, without the cause. */
const DATABASE_LOCKED = /database is locked|^Failed query: /;

/** What bears on the verdict, in the order in which it came; of which message, where that is known. */
type Mark =
  | { readonly type: "text"; readonly messageId: string | undefined; readonly text: string }
  | { readonly type: "finish"; readonly messageId: string | undefined; readonly reason: string }
  | { readonly type: "refusal"; readonly tool: string; readonly call: string }
  | { readonly type: "error" | "task" };

/** Collects what is seen of one turn, for the verdict at its end. */
export class EvidenceCollector {
  readonly #marks: Mark[] = [];
  /** The messages that are not the agent's own. */
  readonly #disowned = new Set<string>();
  #textLength = 0;
  #textIsCut = false;
  #sessionError: string | undefined;
  #trouble: TurnEvidence["trouble"];
  #isContextFull = false;
  /** How often in a row the session was too long for its model, without a call in between. */
  #overflows = 0;
  /** What the plugin inside has seen of calls that were not allowed, those of native subagents included. */
  #refusals: readonly Refusal[] = [];
  #isVoiced = false;
  /** A permission that was not given, as stderr tells it; whose it was it does not say. */
  #permission: { readonly name: string; readonly detail: string } | undefined;
  #agentFallback: TurnEvidence["agentFallback"];
  #modelUnknown: string | undefined;
  #orphanWhy: string | undefined;
  readonly #hostErrors: string[] = [];
  readonly #strayLines: string[] = [];

  #hasBegun = false;
  #hasActed = false;
  #sawLockedDatabase = false;

  /** Whether opencode has printed anything on stdout yet. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether stdout has had a text, a finished tool or a finished step. */
  get hasActed(): boolean {
    return this.#hasActed;
  }

  /** Whether opencode has said that it could not get at its database. */
  get sawLockedDatabase(): boolean {
    return this.#sawLockedDatabase;
  }

  /**
   * Something that happened in the session.
   *
   * @param isOwn whether it is of a message of the agent itself, as far as that is known by now
   */
  happened(event: RunEvent, isOwn = true): void {
    this.#hasBegun = true;
    const messageId = messageOf(event);
    if (!isOwn && messageId !== undefined) this.#disowned.add(messageId);
    this.#hasActed ||= event.type === "text" || event.type === "tool_use" || event.type === "step_finish";
    switch (event.type) {
      case "text":
        if (isOwnText(event)) this.#addText(messageId, event.part.text);
        return;
      case "step_finish":
        this.#marks.push({ type: "finish", messageId, reason: event.part.reason });
        return;
      case "tool_use":
        this.#toolEnded(event.part);
        return;
      case "error":
        this.#sessionError = describe(event.error);
        this.#trouble = providerTrouble(event.error);
        this.#isContextFull = event.error.name === CONTEXT_FULL;
        this.#marks.push({ type: "error" });
        this.#sawLockedDatabase ||= DATABASE_LOCKED.test(this.#sessionError);
        return;
      case "step_start":
      case "reasoning":
        return;
      default:
        unreachable(event);
    }
  }

  /**
   * The session was too long for its model. opencode makes it shorter and asks again, for ever.
   *
   * @returns how the turn is to be ended, where that does not help
   */
  overflowed(): Outcome | undefined {
    this.#overflows += 1;
    if (this.#overflows < MOST_OVERFLOWS) return undefined;
    const error = `The session was too long for its model ${MOST_OVERFLOWS} times in a row, however short opencode made it.`;
    return { status: "failed", reason: "context_exhausted", error };
  }

  /** Something was too long to keep, or lost: the text may lack something. */
  textCut(): void {
    this.#textIsCut = true;
  }

  /** Something that opencode said beside its events; `line` is what it said it in. */
  told(fact: HostFact, line = ""): void {
    switch (fact.type) {
      case "agent_fallback":
        // Said before the session starts; later a line like it is somebody's output.
        if (!this.#hasBegun) this.#agentFallback = { reason: fact.reason, detail: fact.detail };
        return;
      case "permission_rejected":
        this.#permission = { name: fact.permission, detail: fact.detail };
        return;
      case "model_unknown":
        this.#modelUnknown ??= fact.detail;
        return;
      case "orphan":
        this.#orphanWhy = fact.why;
        return;
      case "host_error":
        keepLast(this.#hostErrors, fact.detail);
        this.#sawLockedDatabase ||= DATABASE_LOCKED.test(fact.detail);
        return;
      case "other":
        if (line.trim() !== "") keepLast(this.#strayLines, stripVTControlCharacters(line));
        this.#sawLockedDatabase ||= DATABASE_LOCKED.test(line);
        return;
      case "session_created":
      case "host_log":
        return;
      default:
        unreachable(fact);
    }
  }

  /** Whether some of the text was lost. */
  get isIncomplete(): boolean {
    return this.#textIsCut;
  }

  /** What the plugin inside has seen by now of calls that were not allowed. */
  refusedSoFar(refusals: readonly Refusal[]): void {
    this.#refusals = refusals;
    this.#isVoiced = true;
  }

  /** A message is none of the agent's own, whatever was seen of it. */
  disown(messageId: string): void {
    this.#disowned.add(messageId);
  }

  /** The messages that something of weight was seen of, whosever they are. */
  messages(): Set<string> {
    return new Set(this.#marks.flatMap((mark) => ("messageId" in mark ? (mark.messageId ?? []) : [])));
  }

  /** What the agent has said so far: of each message that has a text, that text. */
  words(): string[] {
    const texts = new Map<string | undefined, string[]>();
    for (const mark of this.#ownMarks()) {
      if (mark.type !== "text") continue;
      const ofMessage = texts.get(mark.messageId);
      if (ofMessage === undefined) texts.set(mark.messageId, [mark.text]);
      else ofMessage.push(mark.text);
    }
    // What was missed of an earlier message may come behind a later one; ids rise.
    return [...texts]
      .toSorted(([a = ""], [b = ""]) => (a < b ? -1 : Number(a > b)))
      .map(([, ofMessage]) => joinTexts(ofMessage))
      .filter((words) => words !== "");
  }

  /** Everything that was seen, for a turn that ended so. */
  conclude(cause: EndCause): TurnEvidence {
    const marks = this.#ownMarks();
    const finish = lastFinish(marks);
    const isRecovered = isFinished(finish) && isGoodEnd(cause, marks);
    return {
      cause: this.#orphanWhy === undefined ? cause : { kind: "not_started", why: orphanWords(this.#orphanWhy) },
      lastErrorLines: this.#hostErrors.length > 0 ? this.#hostErrors : this.#strayLines,
      words: this.words(),
      ...(finish === undefined ? {} : { finish }),
      ...(isRecovered ? { isRecovered } : {}),
      ...(this.#agentFallback === undefined ? {} : { agentFallback: this.#agentFallback }),
      ...(isRecovered ? {} : this.#troubles()),
      ...this.#silencedBy(marks),
    };
  }

  /** The refusal behind which the agent has not said a word. Between the two pipes of a child there is no order. */
  #silencedBy(marks: readonly Mark[]): Pick<TurnEvidence, "permissionRejected"> {
    const lastText = marks.findLastIndex(({ type }) => type === "text");
    const own = marks.findLast((mark) => mark.type === "refusal");
    const permission = this.#permission;
    const told = permission && { tool: permission.name, detail: `${permission.name}: ${permission.detail}` };
    if (own !== undefined && marks.lastIndexOf(own) > lastText) {
      const seen = this.#refusals.find(({ call, isOwn }) => isOwn && call === own.call);
      return { permissionRejected: { tool: own.tool, detail: seen?.asked ?? told?.detail ?? own.call } };
    }
    // What a native subagent was refused stands behind the last one, or before everything.
    if (lastText > marks.findLastIndex(({ type }) => type === "task")) return {};
    const below = this.#refusals.findLast(({ isOwn }) => !isOwn);
    if (below !== undefined) return { permissionRejected: { tool: TASK, detail: below.asked ?? below.call } };
    return told !== undefined && !this.#isVoiced && own === undefined ? { permissionRejected: told } : {};
  }

  #toolEnded(part: Extract<RunEvent, { type: "tool_use" }>["part"]): void {
    this.#overflows = 0;
    if (part.tool === TASK) this.#marks.push({ type: "task" });
    const call = readRefusal(part);
    if (call !== undefined) this.#marks.push({ type: "refusal", tool: part.tool, call });
  }

  #troubles(): Pick<TurnEvidence, "sessionError" | "modelUnknown" | "trouble" | "isContextFull"> {
    const trouble = this.#modelUnknown === undefined ? this.#trouble : "refuses";
    return {
      ...(trouble === undefined ? {} : { trouble }),
      ...(this.#isContextFull ? { isContextFull: true } : {}),
      ...(this.#sessionError === undefined ? {} : { sessionError: this.#explain(this.#sessionError) }),
      ...(this.#modelUnknown === undefined ? {} : { modelUnknown: this.#modelUnknown }),
    };
  }

  /** The host's log knows more than `Unexpected server error`. */
  #explain(message: string): string {
    const cause = this.#hostErrors.at(-1);
    return message.includes(UNEXPLAINED) && cause !== undefined ? cause : message;
  }

  #ownMarks(): Mark[] {
    return this.#marks.filter((mark) => !("messageId" in mark && this.#disowned.has(mark.messageId ?? "")));
  }

  #addText(messageId: string | undefined, text: string): void {
    const room = MAX_TEXT_CHARACTERS - this.#textLength;
    if (text.length > room) this.#textIsCut = true;
    const kept = text.slice(0, Math.max(0, room));
    this.#textLength += kept.length;
    if (kept.trim() !== "") this.#marks.push({ type: "text", messageId, text: kept });
  }
}

/** Whether a turn that has finished its last step went on after whatever had gone wrong before. */
function isGoodEnd(cause: EndCause, marks: readonly Mark[]): boolean {
  const lastOf = (type: Mark["type"]) => marks.findLastIndex((mark) => mark.type === type);
  // opencode exits with 1 after any error, also one that it got over: that of a prompt that was too long.
  const isOver = lastOf("error") < lastOf("finish");
  const isExplained = lastOf("error") >= 0 && isOver;
  switch (cause.kind) {
    case "exited":
      return cause.isLate === true ? isOver : cause.exitCode === 0 || (cause.exitCode !== null && isExplained);
    case "idle":
      return !cause.hasFailed || isExplained;
    case "not_started":
    case "connection_lost":
    case "broken_off":
      return false;
    default:
      return unreachable(cause);
  }
}

/** Why the last step ended; what was missed of an earlier message may come behind a later one. */
function lastFinish(marks: readonly Mark[]): string | undefined {
  let last: Extract<Mark, { type: "finish" }> | undefined;
  for (const mark of marks) {
    if (mark.type === "finish" && (mark.messageId ?? "") >= (last?.messageId ?? "")) last = mark;
  }
  return last?.reason;
}

function describe({ name, data }: Extract<RunEvent, { type: "error" }>["error"]): string {
  const status = data?.statusCode === undefined ? "" : ` (HTTP ${data.statusCode})`;
  return `${name}${status}: ${data?.message ?? "no message"}`;
}

function keepLast(lines: string[], line: string): void {
  lines.push(line.slice(0, LAST_LINE_CHARACTERS));
  if (lines.length > LAST_LINES) lines.shift();
}
