import { isText, oneOf, shape } from "../lib/shape.ts";

const isStatusChange = shape({ sessionID: isText, status: shape({ type: isText }) });
const isOfSession = shape({ sessionID: isText });
const isToolPart = shape({
  part: shape({ type: oneOf("tool"), sessionID: isText, callID: isText, state: shape({ status: isText }) }),
});

interface Turn {
  /** The calls that run. */
  readonly running: Set<string>;
  /** Called once its model writes no more. */
  waiting: (() => void)[];
}

/**
 * In which sessions the model writes. What is put behind the message that it writes makes opencode ask it once more, and
 * pay once more; while a tool runs it is asked again anyway.
 */
export class WritingSessions {
  readonly #turns = new Map<string, Turn>();

  isWriting(sessionId: string): boolean {
    const turn = this.#turns.get(sessionId);
    return turn !== undefined && turn.running.size === 0;
  }

  /** Settles when something may be put into a session: at once where its model does not write. */
  async pause(sessionId: string): Promise<void> {
    const turn = this.#turns.get(sessionId);
    if (turn === undefined || turn.running.size > 0) return;
    await new Promise<void>((resolve) => void turn.waiting.push(resolve));
  }

  event({ type, properties }: { readonly type: string; readonly properties: unknown }): void {
    if (type === "session.status" && isStatusChange(properties)) {
      if (properties.status.type === "idle") this.#ended(properties.sessionID);
      else if (!this.#turns.has(properties.sessionID))
        this.#turns.set(properties.sessionID, { running: new Set(), waiting: [] });
    } else if ((type === "session.idle" || type === "session.deleted") && isOfSession(properties)) {
      this.#ended(properties.sessionID);
    } else if (type === "message.part.updated" && isToolPart(properties)) {
      const { sessionID, callID, state } = properties.part;
      const turn = this.#turns.get(sessionID);
      if (turn === undefined) return;
      if (state.status !== "running") turn.running.delete(callID);
      else if (turn.running.add(callID).size === 1) release(turn);
    }
  }

  #ended(sessionId: string): void {
    const turn = this.#turns.get(sessionId);
    this.#turns.delete(sessionId);
    if (turn !== undefined) release(turn);
  }
}

function release(turn: Turn): void {
  const { waiting } = turn;
  turn.waiting = [];
  for (const resolve of waiting) resolve();
}
