import { isAnything, isText, oneOf, shape } from "../../shape.ts";
import { endsIn, type End } from "./told-ends.ts";

const isStatusChange = shape({ sessionID: isText, status: shape({ type: isText }) });
const isIdle = shape({ sessionID: isText });
const isAnswer = shape({
  part: shape({
    type: oneOf("tool"),
    sessionID: isText,
    tool: oneOf("bizar_collect", "bizar_kill"),
    state: shape({ status: oneOf("completed"), metadata: isAnything }),
  }),
});

/** What the host's events say of the sessions that may have to be told of something. */
export class ParentActivity {
  readonly #busy = new Set<string>();

  constructor(
    private readonly listener: {
      /** A session has become idle. */
      readonly idle: (sessionId: string) => void;
      /** The answer of a tool, which told of these ends, is in the session's messages. */
      readonly told: (sessionId: string, ends: readonly End[]) => void;
    },
  ) {}

  isBusy(sessionId: string): boolean {
    return this.#busy.has(sessionId);
  }

  event({ type, properties }: { type: string; properties: unknown }): void {
    if (type === "session.status" && isStatusChange(properties)) {
      if (properties.status.type === "idle") this.#becameIdle(properties.sessionID);
      else this.#busy.add(properties.sessionID);
    } else if ((type === "session.idle" || type === "session.deleted") && isIdle(properties)) {
      this.#becameIdle(properties.sessionID);
    } else if (type === "message.part.updated" && isAnswer(properties)) {
      const { sessionID, state } = properties.part;
      this.listener.told(sessionID, endsIn(state.metadata));
    }
  }

  #becameIdle(sessionId: string): void {
    this.#busy.delete(sessionId);
    this.listener.idle(sessionId);
  }
}
