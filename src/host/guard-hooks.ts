import type { Hooks } from "@opencode-ai/plugin";
import { z } from "zod";
import { digestEnd, isWaiting, type CallEnd } from "../guard/call-result.ts";
import { fingerprint } from "../guard/fingerprint.ts";
import type { GuardedSessions } from "../guard/guarded-sessions.ts";
import { TextRepetition } from "../guard/text-repetition.ts";

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
  readonly sessions: GuardedSessions;
  /** Paths below it are made relative in fingerprints. */
  readonly worktree: string;
  readonly exemptTools: readonly string[];
  readonly log: (call: LoggedCall) => void;
  /** Calls were refused: how many in a row, and the marker of the last one. */
  readonly onBlock?: (blocksInARow: number, marker: string) => void;
  /** A text has become a loop. Absent: the session is nudged. */
  readonly onRepeatedText?: () => void;
  /** Whether a message that arrives is an intervention of the supervisor, not the user speaking. */
  readonly isIntervention?: boolean;
}

type GuardHooks = Required<
  Pick<Hooks, "tool.execute.before" | "event" | "chat.message" | "experimental.chat.system.transform">
>;

const toolPart = z.object({
  type: z.literal("tool"),
  tool: z.string(),
  callID: z.string(),
  sessionID: z.string(),
  messageID: z.string(),
  state: z.discriminatedUnion("status", [
    z.object({ status: z.literal("pending") }),
    z.object({ status: z.literal("running") }),
    z.object({
      status: z.literal("completed"),
      input: z.unknown(),
      output: z.string(),
      metadata: z.object({ exit: z.number().nullish() }).optional(),
      time: z.object({ start: z.number(), end: z.number() }),
    }),
    z.object({
      status: z.literal("error"),
      input: z.unknown(),
      error: z.string(),
      time: z.object({ start: z.number(), end: z.number() }),
    }),
  ]),
});
type ToolPart = z.infer<typeof toolPart>;

/** Waits and notes: tools that may be called again and again. */
const EXEMPT = new Set(["todowrite", "todoread", "question"]);
/** The requests that the host makes beside the real steps of a session (1.18.33). */
const SIDE_REQUEST = /^\s*You are (a title generator|an? .{0,60}(summari[sz]|compaction))/i;
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
  /** The message of each call that was announced: calls of one message are one round. */
  readonly #rounds = new Map<string, string>();
  readonly #fingerprints = new Map<string, string>();
  readonly #agents = new Map<string, string>();
  readonly #texts = new Map<string, TextRepetition>();

  constructor(parts: GuardHooksParts) {
    this.#parts = parts;
    this.#exempt = new Set([...EXEMPT, ...parts.exemptTools]);
  }

  readonly hooks: GuardHooks = {
    "tool.execute.before": async ({ tool, sessionID, callID }, { args }) => {
      const print = fingerprint(tool, args, this.#parts.worktree);
      remember(this.#fingerprints, callID, print);
      if (this.#isExempt(tool)) return;
      const guard = await this.#parts.sessions.of(sessionID);
      const call = {
        callId: callID,
        round: this.#rounds.get(callID),
        tool,
        fingerprint: print,
        waits: isWaiting(tool, args),
      };
      const decision = guard.decide(call);
      this.#parts.sessions.changed(sessionID, guard);
      if (decision.kind !== "block") return;
      this.#parts.onBlock?.(decision.blocksInARow, decision.marker);
      throw new Error(decision.text);
    },
    event: async ({ event }) => await this.#event(event),
    "chat.message": async ({ sessionID, agent }, { parts }) => {
      if (agent !== undefined) remember(this.#agents, sessionID, agent);
      if (this.#parts.isIntervention === true || !parts.some(isFromUser)) return;
      const guard = await this.#parts.sessions.of(sessionID);
      guard.userSpoke();
      this.#parts.sessions.changed(sessionID, guard);
    },
    "experimental.chat.system.transform": async ({ sessionID }, { system }) => {
      if (sessionID === undefined || SIDE_REQUEST.test(system[0] ?? "")) return;
      const nudges = (await this.#parts.sessions.of(sessionID)).offerNudges();
      system.push(...nudges);
    },
  };

  async #event({ type, properties }: { type: string; properties: Record<string, unknown> }): Promise<void> {
    if (type === "message.part.delta") await this.#delta(properties);
    else if (type === "message.part.updated") await this.#partUpdated(properties["part"]);
    else if (type === "message.updated") this.#messageUpdated(properties["info"]);
  }

  #messageUpdated(info: unknown): void {
    const { data } = z
      .object({ role: z.literal("assistant"), sessionID: z.string(), agent: z.string() })
      .safeParse(info);
    if (data !== undefined) remember(this.#agents, data.sessionID, data.agent);
  }

  async #partUpdated(part: unknown): Promise<void> {
    const { type, sessionID, id } = part as { type?: string; sessionID?: string; id?: string };
    if (type === "step-start" && sessionID !== undefined) {
      const guard = await this.#parts.sessions.of(sessionID);
      guard.stepStarted();
      this.#texts.clear();
    } else if ((type === "text" || type === "reasoning") && id !== undefined) {
      if (!this.#texts.has(id)) remember(this.#texts, id, new TextRepetition());
    } else if (type === "tool") {
      const { data } = toolPart.safeParse(part);
      if (data !== undefined) await this.#toolUpdated(data);
    }
  }

  async #toolUpdated(part: ToolPart): Promise<void> {
    const { tool, callID, sessionID, messageID, state } = part;
    if (state.status === "pending" || state.status === "running") {
      remember(this.#rounds, callID, messageID);
      return;
    }
    const print = this.#fingerprints.get(callID) ?? fingerprint(tool, state.input, this.#parts.worktree);
    const end: CallEnd =
      state.status === "error"
        ? { status: "error", error: state.error }
        : { status: "completed", output: state.output, exitCode: state.metadata?.exit ?? undefined };
    const result = digestEnd(tool, state.input, end);
    this.#parts.log({
      sessionId: sessionID,
      agent: this.#agents.get(sessionID) ?? "unknown",
      tool,
      fingerprint: print,
      outcome: result.isError ? "error" : "ok",
      durationMs: state.time.end - state.time.start,
    });
    if (this.#isExempt(tool)) return;
    const guard = await this.#parts.sessions.of(sessionID);
    guard.ended(callID, result);
    this.#parts.sessions.changed(sessionID, guard);
  }

  async #delta({ partID, sessionID, delta }: Record<string, unknown>): Promise<void> {
    if (typeof partID !== "string" || typeof sessionID !== "string" || typeof delta !== "string") return;
    if (this.#texts.get(partID)?.push(delta) !== true) return;
    // Told once for each text.
    this.#texts.delete(partID);
    if (this.#parts.onRepeatedText !== undefined) {
      this.#parts.onRepeatedText();
      return;
    }
    const guard = await this.#parts.sessions.of(sessionID);
    guard.addNudge(REPEATED_TEXT);
    this.#parts.sessions.changed(sessionID, guard);
  }

  #isExempt(tool: string): boolean {
    return tool.startsWith("bizar_") || this.#exempt.has(tool);
  }
}

/** Synthetic parts come from the host or a plugin. */
function isFromUser(part: { type: string }): boolean {
  return (
    part.type === "text" &&
    !("synthetic" in part && part.synthetic === true) &&
    !("ignored" in part && part.ignored === true)
  );
}

/** Keeps the newest; what is older than that is over. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MOST_REMEMBERED) map.delete(map.keys().next().value ?? "");
}
