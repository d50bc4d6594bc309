import type { Instance } from "./instance.ts";
import type { Live } from "./live.ts";
import type { Note } from "./ports.ts";
import type { SupervisorParts } from "./supervisor-parts.ts";

/** What running agents are told beside their prompts. */
export class AgentNotes {
  constructor(private readonly parts: Pick<SupervisorParts, "notes" | "report">) {}

  /**
   * Leaves a message for the session in which the agent works.
   *
   * @returns whether it works in one, and has read the message or will read it, or take it up in a further turn
   */
  async message(live: Live, text: string): Promise<boolean> {
    const turn = live.instance.turns.length;
    const sessionId = sessionAtWork(live.instance);
    if (sessionId === undefined) return false;
    await this.#give(live, sessionId, { kind: "message", text });
    const isOver = live.isReadBack || live.instance.turns.length !== turn || sessionAtWork(live.instance) !== sessionId;
    // Its end may have come first: then nobody reads it there.
    return !isOver || !(await this.#takeBack(sessionId, text));
  }

  /**
   * Takes back one message of those that nobody has read.
   *
   * @returns whether it was there
   */
  async #takeBack(sessionId: string, text: string): Promise<boolean> {
    const { notes } = this.parts;
    const messages = (await notes.take(sessionId)).filter(({ kind }) => kind === "message");
    const own = messages.findIndex((message) => message.text === text);
    // Whoever has left the others takes them back too, or a further turn does.
    for (const other of messages.toSpliced(own, own === -1 ? 0 : 1)) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- in their order
      await notes.post(sessionId, other);
    }
    return own !== -1;
  }

  /** Tells the agent how much is left of a limit, once its session is there. Never rejects. */
  async limit(live: Live, text: string): Promise<void> {
    await live.identified.promise;
    const sessionId = sessionAtWork(live.instance);
    if (sessionId === undefined) return;
    await this.#give(live, sessionId, { kind: "limit", text }).catch((error: unknown) =>
      this.parts.report(`${live.instance.instanceId} could not be told something.`, error),
    );
  }

  async #give({ run }: Live, sessionId: string, note: Note): Promise<void> {
    if ((await run?.tell?.(note)) !== true) await this.parts.notes.post(sessionId, note);
  }

  /** The messages that the agent has not come to read; they are gone then. Never rejects. */
  async unread({ instanceId, sessionId }: Instance): Promise<readonly string[]> {
    if (sessionId === null) return [];
    try {
      const notes = await this.parts.notes.take(sessionId);
      return notes.filter(({ kind }) => kind === "message").map(({ text }) => text);
    } catch (error) {
      this.parts.report(`Whether ${instanceId} has read its messages cannot be seen.`, error);
      return [];
    }
  }
}

/** The session in which the instance works now, and reads what it is told. */
function sessionAtWork({ state, sessionId }: Instance): string | undefined {
  if (state.status !== "running" || state.ending !== null || state.intervention !== null) return undefined;
  return sessionId ?? undefined;
}
