import type { HostMessage } from "../../src/opencode/answers.ts";
import type { HostClient, SyntheticMessage } from "../../src/opencode/host-client.ts";
import { turnsOf } from "../../src/opencode/turns.ts";
import type { OsProcess } from "./os-processes.ts";
import type { PendingOperations } from "./pending-operations.ts";
import type { Random } from "./random.ts";

/** What a plugin asks of its host about sessions. */
export type SessionClient = Pick<HostClient, "choiceOf" | "messages" | "parentOf" | "put" | "read" | "sessionOfAgent">;

/** Told of messages that the plugin puts into a session. */
export interface SessionListener {
  /** A message is on its way; what is returned is called when it is stored. */
  putting(sessionId: string, message: SyntheticMessage): () => void;
}

const FAILURE = 0.04;

/** The sessions of all hosts, as opencode's one database has them. Calls fail now and then, before or after the deed. */
export class Sessions {
  readonly #messages = new Map<string, HostMessage[]>();
  /** The last session that was made for an agent. */
  readonly #ofAgents = new Map<string, string>();
  failure = FAILURE;
  #numbers = 0;

  constructor(
    private readonly random: Random,
    private readonly operations: PendingOperations,
  ) {}

  /** @param instanceId the agent that it is made for */
  create(sessionId: string, instanceId?: string): void {
    this.#messages.set(sessionId, []);
    if (instanceId !== undefined) this.#ofAgents.set(instanceId, sessionId);
  }

  remove(sessionId: string): void {
    this.#messages.delete(sessionId);
  }

  has(sessionId: string): boolean {
    return this.#messages.has(sessionId);
  }

  add(sessionId: string, info: Partial<HostMessage["info"]>, ...parts: object[]): HostMessage {
    const id = `msg_${String(++this.#numbers).padStart(6, "0")}`;
    const told = { id, role: "assistant", summary: undefined, time: {}, ...info };
    const message = { info: told, parts: parts as HostMessage["parts"] };
    this.#messages.get(sessionId)?.push(message);
    return message;
  }

  clientOf(process: OsProcess, listener: SessionListener): SessionClient {
    const messages = async (sessionId: string) =>
      await this.operations.perform(process, () => {
        this.#mayFail();
        return this.#messages.get(sessionId)?.map(({ info, parts }) => ({ info: { ...info }, parts: [...parts] }));
      });
    return {
      messages,
      // It has heard all of them.
      choiceOf: (sessionId) => (this.has(sessionId) ? { agent: "odin" } : undefined),
      parentOf: async () => undefined,
      sessionOfAgent: async ({ instanceId }) =>
        await this.operations.perform(process, () => {
          this.#mayFail();
          return this.#ofAgents.get(instanceId);
        }),
      async read(sessionId, prompts, _from, since) {
        const found = await messages(sessionId);
        return found === undefined ? undefined : turnsOf(found, prompts, since);
      },
      put: async (sessionId, message) => {
        const stored = listener.putting(sessionId, message);
        return await this.operations.perform(
          process,
          () => this.#mayFail(),
          () => {
            if (!this.has(sessionId)) return;
            this.add(sessionId, { role: "user" }, { type: "text", text: message.text, metadata: message.metadata });
            stored();
          },
          () => {
            this.#mayFail();
            return this.has(sessionId);
          },
        );
      },
    };
  }

  #mayFail(): void {
    if (this.random.chance(this.failure)) throw new Error("The host does not answer.");
  }
}
