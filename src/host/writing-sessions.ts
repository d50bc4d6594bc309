import { isText, oneOf, shape } from "../lib/shape.ts";
import { sessionChange, type OpencodeEvent } from "../opencode/session-events.ts";

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

  event(event: OpencodeEvent): void {
    const { type, properties } = event;
    const change = sessionChange(event);
    if (change?.to === "busy") {
      if (!this.#turns.has(change.sessionId)) this.#turns.set(change.sessionId, { running: new Set(), waiting: [] });
    } else if (change !== undefined) {
      this.#ended(change.sessionId);
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
