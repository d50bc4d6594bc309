import type { ModelAnswer, ModelRequest, ToolCall } from "../scripted-host/scripted-model.ts";

/** Twenty agents with folders of their own take two minutes on two cores; opencode drops a request after five. */
const LIMIT_MS = 280_000;

export interface RoundSettings {
  /** So many agents are asked for. */
  readonly agents: number;
  /** What the parent calls to get its agents. */
  readonly call: (prompt: string, index: number) => ToolCall;
  /** What each agent calls, one after the other, before it comes to its end; nothing where it is absent. */
  readonly work?: readonly ToolCall[];
  /** The parent's turn goes on until {@link Round.finish}; otherwise it ends as soon as the agents are asked for. */
  readonly parentWaits: boolean;
}

/** One round of agents: what the model says to their parent and to them, and when it was asked. Times since the epoch. */
export class Round {
  readonly parentPrompt: string;
  readonly agentPrompts: readonly string[];
  readonly #settings: RoundSettings;
  readonly #asked: number[] = [];
  readonly #allAsked = Promise.withResolvers<readonly number[]>();
  readonly #answered = Promise.withResolvers<readonly string[]>();
  readonly #released = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<void>();
  readonly #woken = Promise.withResolvers<number>();

  constructor(key: string, settings: RoundSettings) {
    this.#settings = settings;
    this.parentPrompt = `Delegate ${key}.`;
    this.agentPrompts = Array.from({ length: settings.agents }, (_, index) => `Work on ${key}, part ${index}.`);
    if (!settings.parentWaits) this.#finished.resolve();
  }

  /** When the model was asked by each agent for the first time; settles when all have. They wait for the answer. */
  async allAsked(): Promise<readonly number[]> {
    return await within("all agents ask the model", this.#allAsked.promise);
  }

  /** The answers of the tools that the parent called. */
  async answered(): Promise<readonly string[]> {
    return await within("the parent's tools answer", this.#answered.promise);
  }

  /** Lets the agents come to their end; returns when. */
  release(): number {
    this.#released.resolve();
    return Date.now();
  }

  /** Lets the parent's turn end. */
  finish(): void {
    this.#finished.resolve();
  }

  /** When the parent asked the model because it was told of an end. */
  async woken(): Promise<number> {
    return await within("the parent is woken", this.#woken.promise);
  }

  /** The answer to a request of this round. */
  answer({ messages, prompt, step, toolResults }: ModelRequest): ModelAnswer {
    const first = messages.find(({ role }) => role === "user")?.text ?? "";
    if (first !== this.parentPrompt) {
      const { agents, work = [] } = this.#settings;
      if (step === 0 && this.#asked.push(Date.now()) === agents) this.#allAsked.resolve(this.#asked);
      const call = work[step];
      const says = call === undefined ? { text: "All of it is done." } : { calls: [call] };
      return { ...says, after: this.#released.promise };
    }
    if (prompt !== this.parentPrompt) {
      this.#woken.resolve(Date.now());
      return { text: "Noted." };
    }
    if (step === 0) return { calls: this.agentPrompts.map((each, index) => this.#settings.call(each, index)) };
    this.#answered.resolve(toolResults);
    return { text: "They work.", after: this.#finished.promise };
  }
}

/** Waits for something, but not for ever. */
export async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const limit = setTimeout(() => late.reject(new Error(`Not within ${LIMIT_MS / 1000} s: ${what}.`)), LIMIT_MS);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(limit);
  }
}
