import { describeError } from "../lib/describe-error.ts";
import { SessionNotes } from "../store/session-notes.ts";
import { noteText } from "../agent-role/note-text.ts";

/** Takes the notes to a session of an agent, as the model is to read them. Never rejects. */
export function noteTaker(
  folder: string,
  report: (message: string) => void,
): (sessionId: string) => Promise<string | undefined> {
  const notes = new SessionNotes(folder);
  return async (sessionId) => {
    try {
      const taken = await notes.take(sessionId);
      return taken.length === 0 ? undefined : taken.map(noteText).join("\n\n");
    } catch (error) {
      report(describeError(error));
      return undefined;
    }
  };
}
