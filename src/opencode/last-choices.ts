import { NewestMap } from "../lib/newest-map.ts";
import { isAnything, isText, oneOf, shape, type Checked } from "../lib/shape.ts";
import { isChosen, lastChoice, type Choice, type ChosenMessage } from "./last-choice.ts";
import { sessionChange, sessionOf, type OpencodeEvent } from "./session-events.ts";

/** So many sessions are remembered; the one that was given a message the longest ago is forgotten first. */
const SESSIONS = 100;

const isUsers = shape({ sessionID: isText, info: shape({ id: isText, role: oneOf("user") }) });
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
    } else if (type === "message.removed" || sessionChange(event)?.to === "deleted") {
      this.#sessions.delete(sessionOf(event) ?? "");
    }
  }

  /** `undefined` where no choice was seen since this opencode began, or it may have been taken back. */
  find(sessionId: string): Choice | undefined {
    const choice = this.#sessions.get(sessionId)?.choice;
    return choice?.agent === undefined || choice.model === undefined ? undefined : choice;
  }

  #written(sessionId: string, info: Latest["info"]): void {
    const known = this.#sessions.get(sessionId);
    const isNew = known?.info.id !== info.id;
    if (!isNew && !known.isChosen) return;
    const choice = lastChoice([{ info, parts: [] }]);
    this.#sessions.set(sessionId, { info, isChosen: true, choice, before: isNew ? known?.choice : known.before });
  }

  /** What a message is made of comes behind it. */
  #hasPart(sessionId: string, { messageID, ...part }: Checked<typeof isPart>["part"]): void {
    const known = this.#sessions.get(sessionId);
    if (known?.info.id !== messageID || isChosen({ parts: [part] })) return;
    this.#sessions.set(sessionId, { ...known, isChosen: false, choice: known.before });
  }
}

/** The latest message of a user in a session. */
interface Latest {
  readonly info: ChosenMessage["info"] & { readonly id: string };
  readonly isChosen: boolean;
  readonly choice: Choice | undefined;
  /** What was chosen before it. */
  readonly before: Choice | undefined;
}
