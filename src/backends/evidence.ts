import { stripVTControlCharacters } from "node:util";
import { isFinished, type TurnEvidence } from "../supervisor/outcome.ts";
import { withoutTags } from "../message-tags.ts";
import type { RunEvent } from "./run-event.ts";
import type { HostFact } from "./host-fact.ts";
import { orphanWords } from "./orphan-words.ts";

/** More text than this is cut; the session keeps the whole. */
const MAX_TEXT_CHARACTERS = 4_194_304;
const LAST_LINES = 3;
const LAST_LINE_CHARACTERS = 500;
const REJECTED = "The user rejected permission";
/** What `opencode run` says when the cause is in its log only. */
const UNEXPLAINED = "Unexpected server error";
/** Found locked at the very start, the database is told of by the query that failed, without the cause. */
const DATABASE_LOCKED = /database is locked|^Failed query: /;

/** Collects what is seen of one turn, for the verdict at its end. */
export class EvidenceCollector {
  readonly #texts: string[] = [];
  #textLength = 0;
  #textIsCut = false;
  #finish: string | undefined;
  #sessionError: string | undefined;
  #rejectedTool: string | undefined;
  #permission: { name: string; detail: string } | undefined;
  /** Whether there was text after the last refused permission. */
  #hasSpokenSince = true;
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

  /** Something that happened in the session. */
  happened(event: RunEvent): void {
    this.#hasBegun = true;
    this.#hasActed ||= event.type === "text" || event.type === "tool_use" || event.type === "step_finish";
    switch (event.type) {
      case "text":
        this.#addText(withoutTags(event.part.text));
        return;
      case "step_finish":
        this.#finish = event.part.reason;
        return;
      case "tool_use":
        if (event.part.state.error?.startsWith(REJECTED)) this.#rejectedTool = event.part.tool;
        return;
      case "error":
        this.#sessionError = describe(event.error);
        this.#sawLockedDatabase ||= DATABASE_LOCKED.test(this.#sessionError);
        return;
      case "step_start":
      case "reasoning":
        return;
      default:
        unreachable(event);
    }
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
        this.#hasSpokenSince = false;
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

  /** The text so far, and whether some of it was lost. */
  text(): { text: string; isIncomplete: boolean } {
    return { text: this.#texts.join("\n\n"), isIncomplete: this.#textIsCut };
  }

  /** Everything that was seen, for a process that ended so. */
  conclude(exitCode: number | null, signal: string | null): TurnEvidence {
    // A turn that came to a good end went on after whatever had gone wrong before.
    const recovered = exitCode === 0 && isFinished(this.#finish) && this.#hasSpokenSince;
    return {
      exitCode,
      signal,
      ...(this.#orphanWhy === undefined ? {} : { spawnError: orphanWords(this.#orphanWhy) }),
      lastErrorLines: this.#hostErrors.length > 0 ? this.#hostErrors : this.#strayLines,
      text: this.text().text,
      ...(this.#finish === undefined ? {} : { finish: this.#finish }),
      ...(this.#agentFallback === undefined ? {} : { agentFallback: this.#agentFallback }),
      ...(recovered ? {} : this.#troubles()),
    };
  }

  #troubles(): Pick<TurnEvidence, "permissionRejected" | "sessionError" | "modelUnknown"> {
    const permission = this.#permission;
    return {
      ...(permission === undefined
        ? {}
        : {
            permissionRejected: {
              tool: this.#rejectedTool ?? permission.name,
              detail: `${permission.name}: ${permission.detail}`,
            },
          }),
      ...(this.#sessionError === undefined ? {} : { sessionError: this.#explain(this.#sessionError) }),
      ...(this.#modelUnknown === undefined ? {} : { modelUnknown: this.#modelUnknown }),
    };
  }

  /** The host's log knows more than `Unexpected server error`. */
  #explain(message: string): string {
    const cause = this.#hostErrors.at(-1);
    return message.includes(UNEXPLAINED) && cause !== undefined ? cause : message;
  }

  #addText(text: string): void {
    const room = MAX_TEXT_CHARACTERS - this.#textLength;
    if (text.length > room) this.#textIsCut = true;
    const kept = text.slice(0, Math.max(0, room));
    this.#textLength += kept.length;
    if (kept !== "") this.#texts.push(kept);
    this.#hasSpokenSince ||= kept.trim() !== "";
  }
}

function describe({ name, data }: Extract<RunEvent, { type: "error" }>["error"]): string {
  const status = data?.statusCode === undefined ? "" : ` (HTTP ${data.statusCode})`;
  return `${name}${status}: ${data?.message ?? "no message"}`;
}

function keepLast(lines: string[], line: string): void {
  lines.push(line.slice(0, LAST_LINE_CHARACTERS));
  if (lines.length > LAST_LINES) lines.shift();
}

function unreachable(value: never): never {
  throw new Error(`Unknown fact: ${JSON.stringify(value)}`);
}
