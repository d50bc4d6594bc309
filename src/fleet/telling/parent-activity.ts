import { interruptedSession } from "../../opencode/interrupted-session.ts";
import { sessionChange, type OpencodeEvent } from "../../opencode/session-events.ts";
import { isAnything, isText, oneOf, shape } from "../../lib/shape.ts";
import { endsIn, type End } from "../../opencode/own-metadata.ts";
import { COLLECT, KILL } from "../../text/own-tools.ts";

/** A call of a tool whose answer tells of ends. */
const isTellingCall = shape({
  part: shape({
    type: oneOf("tool"),
    sessionID: isText,
    callID: isText,
    tool: oneOf(COLLECT, KILL),
    state: shape({ status: isText, metadata: isAnything }),
  }),
});

/** What the host's events say of the sessions that may have to be told of something. */
export class ParentActivity {
  readonly #busy = new Set<string>();
  readonly #interrupted = new Set<string>();
  /** The calls that have no answer yet, by session. */
  readonly #calls = new Map<string, Set<string>>();

  constructor(
    private readonly listener: {
      /** A session has become idle. */
      readonly idle: (sessionId: string) => void;
      /** The answer of a tool, which told of these ends or of none, is in the session's messages. */
      readonly told: (sessionId: string, ends: readonly End[]) => void;
    },
  ) {}

  isBusy(sessionId: string): boolean {
    return this.#busy.has(sessionId);
  }

  /** Whether the user has stopped its last turn: what wakes it then would go on against their will. */
  isInterrupted(sessionId: string): boolean {
    return this.#interrupted.has(sessionId);
  }

  /** How many calls of a session may still tell it of an end: being written, running, or about to be answered. */
  tellingCalls(sessionId: string): number {
    return this.#calls.get(sessionId)?.size ?? 0;
  }

  event(event: OpencodeEvent): void {
    const { type, properties } = event;
    const interrupted = interruptedSession(event);
    if (interrupted !== undefined) this.#interrupted.add(interrupted);
    const change = sessionChange(event);
    if (change?.to === "busy") {
      this.#becameBusy(change.sessionId);
    } else if (change !== undefined) {
      this.#becameIdle(change.sessionId);
    } else if (type === "message.part.updated" && isTellingCall(properties)) {
      const { sessionID, callID, state } = properties.part;
      this.#called(sessionID, callID, state.status);
      const hasEnded = state.status === "completed" || state.status === "error";
      if (hasEnded) this.listener.told(sessionID, state.status === "completed" ? endsIn(state.metadata) : []);
    }
  }

  #called(sessionId: string, callId: string, status: string): void {
    const calls = this.#calls.get(sessionId) ?? new Set();
    if (status === "pending" || status === "running") calls.add(callId);
    else calls.delete(callId);
    if (calls.size === 0) this.#calls.delete(sessionId);
    else this.#calls.set(sessionId, calls);
  }

  #becameBusy(sessionId: string): void {
    // Said once more of a turn that is being stopped, it is no new one.
    if (!this.#busy.has(sessionId)) this.#interrupted.delete(sessionId);
    this.#busy.add(sessionId);
  }

  #becameIdle(sessionId: string): void {
    this.#busy.delete(sessionId);
    this.#calls.delete(sessionId);
    this.listener.idle(sessionId);
  }
}
