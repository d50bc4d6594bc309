import { NewestMap } from "../lib/newest-map.ts";
import { isAnything, isNumber, isText, oneOf, shape, type Checked } from "../lib/shape.ts";
import { isChosen, lastChoice, type Choice, type ChosenMessage } from "./last-choice.ts";
import { sessionOf, type OpencodeEvent } from "./session-events.ts";

/** So many sessions are remembered; the one that was given a message the longest ago is forgotten first. */
const SESSIONS = 100;

const isUsers = shape({
  sessionID: isText,
  info: shape({ id: isText, role: oneOf("user"), time: shape({ created: isNumber }) }),
});
const isPart = shape({
  sessionID: isText,
  part: shape({ messageID: isText, type: isText, metadata: isAnything }),
});

/** {@link lastChoice} of sessions as the host's events tell it: nothing has to be read for it. */
export class LastChoices {
  readonly #sessions = new NewestMap<Latest>(SESSIONS);

  event(event: OpencodeEvent): void {
    const { type, properties } = event;
    if (type === "message.updated" && isUsers(properties)) {
      this.#written(properties.sessionID, properties.info);
    } else if (type === "message.part.updated" && isPart(properties)) {
      this.#hasPart(properties.sessionID, properties.part);
    } else if (type === "message.removed" || type === "session.deleted") {
      this.#sessions.delete(sessionOf(event) ?? "");
    }
  }

  /** `undefined` where no choice was seen since this opencode began, or it may have been taken back. */
  find(sessionId: string): Choice | undefined {
    const choice = this.#sessions.get(sessionId)?.choice;
    return choice?.agent === undefined || choice.model === undefined ? undefined : choice;
  }

  /** Told once more, a message may be one of long ago, and its parts are not told again. */
  #written(sessionId: string, info: Latest["info"]): void {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined && info.time.created < known.info.time.created) return;
    const before = known?.info.id === info.id ? known.before : known?.choice;
    const isChosen = known?.info.id === info.id ? known.isChosen : undefined;
    this.#set(sessionId, { info, isChosen, before });
  }

  /** What a message is made of comes behind it. */
  #hasPart(sessionId: string, { messageID, ...part }: Checked<typeof isPart>["part"]): void {
    const known = this.#sessions.get(sessionId);
    if (known?.info.id !== messageID) return;
    this.#set(sessionId, { ...known, isChosen: known.isChosen !== false && isChosen({ parts: [part] }) });
  }

  #set(sessionId: string, latest: Omit<Latest, "choice">): void {
    const { info, before } = latest;
    const choice = latest.isChosen === true ? lastChoice([{ info, parts: [] }]) : before;
    this.#sessions.set(sessionId, { ...latest, choice });
  }
}

/** The latest message of a user in a session. */
interface Latest {
  readonly info: ChosenMessage["info"] & Checked<typeof isUsers>["info"];
  /** Whether it says what the user chose; `undefined` before any of its parts was heard. */
  readonly isChosen: boolean | undefined;
  readonly choice: Choice | undefined;
  /** What was chosen before it. */
  readonly before: Choice | undefined;
}
