import { noteText } from "../../agent-role/note-text.ts";
import { describeError } from "../../lib/describe-error.ts";
import { createMessageId } from "../../opencode/message-id.ts";
import { ownMetadata } from "../../opencode/own-metadata.ts";
import type { Note, TurnRequest } from "../../supervisor/ports.ts";
import type { LogSink } from "../log-sink.ts";
import type { ServerClient } from "../../opencode/server-client.ts";

export interface ToldNotesParts {
  readonly client: ServerClient;
  /** The session in which the agent works. */
  readonly session: () => string;
  readonly turn: Pick<TurnRequest, "directory" | "agent" | "model">;
  readonly log: LogSink;
  /** The time by which the server orders messages. */
  readonly now: () => number;
}

/** Notes that are put into the session of a running turn as messages: opencode shows them to its next step. */
export class ToldNotes {
  readonly #told: { readonly messageId: string; readonly note: Note }[] = [];

  constructor(private readonly parts: ToldNotesParts) {}

  /** Returns whether the session has it. Never rejects. */
  async tell(note: Note): Promise<boolean> {
    const { client, session, turn, log, now } = this.parts;
    const { directory, agent, model } = turn;
    const messageId = createMessageId(now());
    const message = {
      sessionId: session(),
      directory,
      agent,
      model,
      text: noteText(note),
      messageId,
      metadata: ownMetadata({ kind: "note" }),
      isNote: true,
    };
    try {
      await client.prompt(message);
      this.#told.push({ messageId, note });
      return true;
    } catch (error) {
      log.write("stderr", `bizar: ${describeError(error)}`);
      return false;
    }
  }

  /**
   * Takes those that came too late for the last step out of the session again. Never rejects.
   *
   * @param lastOwn the last message of the agent
   */
  async takeUnread(lastOwn: string): Promise<readonly Note[]> {
    const { client, session, turn, log } = this.parts;
    const unread = this.#told.filter(({ messageId }) => messageId > lastOwn);
    for (const { messageId } of unread) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- there is hardly ever more than one
      await client
        .deleteMessage(session(), turn.directory, messageId)
        .catch((error: unknown) => log.write("stderr", `bizar: ${describeError(error)}`));
    }
    return unread.map(({ note }) => note);
  }
}
