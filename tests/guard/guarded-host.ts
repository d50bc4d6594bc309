import { createLadder } from "../../src/guard/ladder.ts";
import { GuardedSessions, type GuardStore } from "../../src/guard/guarded-sessions.ts";
import type { SavedGuard } from "../../src/guard/session-guard.ts";
import { guardHooks, type GuardHooksParts, type LoggedCall } from "../../src/host/guard-hooks.ts";

export const SESSION = "ses_main";
export const WORKTREE = "/project";
/** The first system text of a real step, and those of the requests beside it, as opencode 1.18.33 begins them. */
export const REAL_STEP = "You are opencode, an interactive CLI tool that helps users.";

export const defaultThresholds = {
  loopThresholdWarn: 5,
  loopThresholdEscalate: 8,
  loopThresholdBlock: 12,
  loopWindowSize: 10,
};

/** A call as the host knows it. */
export interface HostCall {
  readonly callID: string;
  readonly tool: string;
  readonly args: unknown;
  readonly messageID: string;
  readonly sessionID?: string;
}

/** Keeps guard state in memory. */
export class MemoryStore implements GuardStore {
  readonly saved = new Map<string, () => SavedGuard>();
  loads = 0;

  async load(sessionId: string): Promise<SavedGuard | undefined> {
    this.loads += 1;
    return this.saved.get(sessionId)?.();
  }

  saveSoon(sessionId: string, state: () => SavedGuard): void {
    this.saved.set(sessionId, state);
  }
}

type GuardHooks = ReturnType<typeof guardHooks>;
type Given = Partial<GuardHooksParts & typeof defaultThresholds> & { readonly store?: GuardStore };

/** The guard's hooks, and the events and calls with which opencode 1.18.33 drives them. */
export class GuardedHost {
  readonly logged: LoggedCall[] = [];
  readonly store: GuardStore;
  readonly #hooks: GuardHooks;

  constructor({ store = new MemoryStore(), ...given }: Given = {}) {
    this.store = store;
    this.#hooks = guardHooks({
      isEnabled: true,
      sessions: new GuardedSessions(createLadder({ ...defaultThresholds, ...given }), store),
      worktree: WORKTREE,
      exemptTools: [],
      log: (call) => void this.logged.push(call),
      ...given,
    });
  }

  /** What the guard adds to the system text of a request. */
  async request(sessionID: string = SESSION, first = REAL_STEP): Promise<string[]> {
    const system = [first];
    const input = { sessionID, model: {} } as Parameters<GuardHooks["experimental.chat.system.transform"]>[0];
    await this.#hooks["experimental.chat.system.transform"](input, { system });
    return system.slice(1);
  }

  async event(type: string, properties: object): Promise<void> {
    const event = { id: "evt_1", type, properties } as unknown as Parameters<GuardHooks["event"]>[0]["event"];
    await this.#hooks.event({ event });
  }

  async part(part: object, sessionID: string = SESSION): Promise<void> {
    await this.event("message.part.updated", {
      sessionID,
      part: { id: "prt_1", sessionID, messageID: "msg_1", ...part },
    });
  }

  /** The provider has begun to answer. */
  async stepStarted(sessionID: string = SESSION): Promise<void> {
    await this.part({ id: "prt_step", type: "step-start" }, sessionID);
  }

  /** The model has begun to write a call. */
  async announce(call: HostCall): Promise<void> {
    await this.#toolPart(call, { status: "pending", input: {}, raw: "" });
  }

  /** Asks the guard; returns the error of a refused call. */
  async ask({ callID, tool, args, sessionID = SESSION }: HostCall): Promise<string | undefined> {
    try {
      await this.#hooks["tool.execute.before"]({ tool, sessionID, callID }, { args });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async running(call: HostCall): Promise<void> {
    await this.#toolPart(call, { status: "running", input: call.args, time: { start: 1000 } });
  }

  /**
   * The end of a call: an output, or an error; `more` is the rest of a completed state. Returns the answer as the model
   * reads it, after what other plugins and the host made of it.
   */
  async ended(
    call: HostCall,
    end: { output: string } | { error: string },
    more: object = {},
    later: (output: string) => string = (output) => output,
  ): Promise<string> {
    const time = { start: 1000, end: 1250 };
    if ("error" in end) {
      await this.#toolPart(call, { status: "error", ...end, input: call.args, time, ...more });
      return end.error;
    }
    const answer = { title: "", metadata: {}, ...end, ...more };
    const { callID, tool, args, sessionID = SESSION } = call;
    await this.#hooks["tool.execute.after"]({ tool, sessionID, callID, args }, answer);
    const output = later(answer.output);
    await this.#toolPart(call, { status: "completed", input: call.args, time, ...answer, output });
    return output;
  }

  /** The end of a call of an MCP server's tool; returns the answer as the model reads it. */
  async endedByServer(call: HostCall, content: readonly { type: string; text?: string }[]): Promise<string> {
    const { callID, tool, args, sessionID = SESSION } = call;
    const answer = { content, title: "", output: undefined, metadata: undefined };
    const given = answer as unknown as Parameters<GuardHooks["tool.execute.after"]>[1];
    await this.#hooks["tool.execute.after"]({ tool, sessionID, callID, args }, given);
    const output = answer.content.flatMap(({ text }) => text ?? []).join("\n\n");
    await this.#toolPart(call, { status: "completed", input: args, output, metadata: {}, time: { start: 1, end: 2 } });
    return output;
  }

  async message(parts: readonly object[], { sessionID = SESSION, agent = "build" } = {}): Promise<void> {
    const output = { message: {}, parts } as unknown as Parameters<GuardHooks["chat.message"]>[1];
    await this.#hooks["chat.message"]({ sessionID, agent }, output);
  }

  async #toolPart({ callID, tool, messageID, sessionID = SESSION }: HostCall, state: object): Promise<void> {
    await this.part({ id: `prt_${callID}`, type: "tool", callID, tool, messageID, state }, sessionID);
  }
}
