import { NewestMap } from "../lib/newest-map.ts";
import { isText, oneOf, shape } from "../lib/shape.ts";
import { sessionChange, type OpencodeEvent } from "./session-events.ts";

/** So many sessions are remembered; the one that has been silent for the longest is forgotten first. */
const SESSIONS = 100;

const isMessageUpdate = shape({ sessionID: isText, info: shape({ id: isText, role: oneOf("user", "assistant") }) });

/** The latest message of the user, and of the assistant, in each session, as the host's events told them. */
export class LatestMessages {
  readonly #sessions = new NewestMap<{ user?: Message; assistant?: Message }>(SESSIONS);

  event(event: OpencodeEvent): void {
    const { type, properties } = event;
    const change = sessionChange(event);
    if (type === "message.updated" && isMessageUpdate(properties)) {
      const { sessionID, info } = properties;
      this.#sessions.set(sessionID, { ...this.#sessions.get(sessionID), [info.role]: info });
    } else if (change?.to === "deleted") {
      this.#sessions.delete(change.sessionId);
    }
  }

  /** What the host said of a message; `undefined` where it is none of the latest. */
  find(sessionId: string, messageId: string): unknown {
    const latest = this.#sessions.get(sessionId);
    return [latest?.assistant, latest?.user].find((info) => info?.id === messageId);
  }
}

interface Message {
  readonly id: string;
}
