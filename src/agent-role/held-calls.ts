import { fingerprint } from "../guard/fingerprint.ts";
import { NewestMap } from "../lib/newest-map.ts";
import type { Answering } from "../opencode/answer-questions.ts";
import { ASKED_USER, rejectionWith } from "../opencode/refusals.ts";
import type { Asked, Reply } from "../supervisor/questions.ts";
import type { OpenAsks } from "./open-asks.ts";
import { giveReply, refusalText, type AgentQuestion, type QuestionJudge } from "./questions.ts";
import { BASH } from "../opencode/tool-names.ts";

const MOST_CALLS = 1000;

export interface HeldCallsParts {
  readonly judge: QuestionJudge;
  readonly asks: Pick<OpenAsks, "ask">;
  readonly answering: Answering;
  readonly directory: string;
  /** A call needs what the user is asked for: its refusal is none. */
  readonly held: (callId: string) => void;
  readonly report: (error: unknown) => void;
}

/** What is known of one call, however often it is made. */
interface KnownCall {
  /** What it waits for. */
  readonly open: Map<string, Promise<void>>;
  readonly granted: Set<string>;
  /** What the model is to read when it makes the call again. */
  refusal: string | undefined;
}

/**
 * Questions inside an `opencode run`, which rejects each of them without a word within 10 to 90 ms: the plugin
 * is faster, and has the model make the same call once more. That one waits before it runs, for as long as the user
 * takes.
 */
export class HeldCalls {
  readonly #parts: HeldCallsParts;
  /** What each call is, by its id. */
  readonly #calls = new NewestMap<string>(MOST_CALLS);
  readonly #known = new Map<string, KnownCall>();
  readonly #asked = new Set<string>();

  constructor(parts: HeldCallsParts) {
    this.#parts = parts;
  }

  /** Whether the user was asked for a call: what opencode says of that one is no refusal. */
  isAsked(callId: string): boolean {
    return this.#asked.has(callId);
  }

  /** A question has come: it must have its reply before anything else is done. */
  asked({ asked, callId }: AgentQuestion): void {
    const { judge, answering, report } = this.#parts;
    const reply = judge.judge(asked) ?? this.#reply(asked, callId);
    giveReply(answering, asked, reply).catch(report);
  }

  /** A call is about to run. Rejects with what the model is to read where it may not. */
  async before(call: { readonly tool: string; readonly sessionID: string; readonly callID: string }, args: unknown) {
    const key = this.#keyOf(call.tool, call.sessionID, args);
    this.#calls.set(call.callID, key);
    const known = this.#known.get(key);
    if (known === undefined) return;
    await Promise.all(known.open.values());
    const { refusal } = known;
    if (refusal === undefined) return;
    this.#known.delete(key);
    throw new Error(rejectionWith(refusal));
  }

  /** A call has run: what was allowed once is used. */
  after(callId: string): void {
    const key = this.#calls.get(callId);
    if (key !== undefined) this.#known.delete(key);
  }

  #reply(asked: Asked, callId: string | undefined): Reply {
    const key = callId === undefined ? undefined : this.#calls.get(callId);
    // What no call asks for cannot be asked for again.
    if (callId === undefined || key === undefined) return { kind: "unanswered" };
    const known = this.#known.get(key) ?? { open: new Map(), granted: new Set(), refusal: undefined };
    this.#known.set(key, known);
    if (known.granted.has(asked.what)) return { kind: "once" };
    this.#asked.add(callId);
    this.#parts.held(callId);
    if (!known.open.has(asked.what)) known.open.set(asked.what, this.#ask(asked, known));
    return { kind: "no", words: ASKED_USER };
  }

  async #ask(asked: Asked, known: KnownCall): Promise<void> {
    const reply = await this.#parts.asks.ask(asked);
    this.#parts.judge.learn(asked, reply);
    known.open.delete(asked.what);
    const refusal = refusalText(reply);
    if (refusal === undefined) known.granted.add(asked.what);
    else known.refusal = refusal;
  }

  /** What a command is for may be worded anew; what it does may not. */
  #keyOf(tool: string, sessionId: string, args: unknown): string {
    const { description: _, ...does } = typeof args === "object" && args !== null ? { description: "", ...args } : {};
    return `${sessionId} ${fingerprint(tool, tool === BASH ? does : args, this.#parts.directory)}`;
  }
}
