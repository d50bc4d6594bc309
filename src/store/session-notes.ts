import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../lib/is-missing.ts";
import { writeQuickly } from "../files/durable-file.ts";
import { isText, listOf, oneOf, shape } from "../lib/shape.ts";
import type { Note, Notes } from "../supervisor/ports.ts";
import { SESSION_ID } from "./guard-file-store.ts";

const isNotes = listOf(shape({ kind: oneOf("limit", "message"), text: isText }));

/**
 * Notes to sessions that are at work, in `sessions/<sessionId>.notes.json`: the plugin inside an agent takes them after
 * each of its tool calls. Whoever renames the file has taken it, so that each note is read once.
 */
export class SessionNotes implements Notes {
  /** Of each session the last write: one after the other. */
  readonly #writing = new Map<string, Promise<void>>();

  constructor(private readonly folder: string) {}

  async post(sessionId: string, note: Note): Promise<void> {
    const before = this.#writing.get(sessionId) ?? Promise.resolve();
    const written = before.catch(() => undefined).then(async () => await this.#add(sessionId, note));
    this.#writing.set(sessionId, written);
    try {
      await written;
    } finally {
      if (this.#writing.get(sessionId) === written) this.#writing.delete(sessionId);
    }
  }

  async take(sessionId: string): Promise<readonly Note[]> {
    const path = this.#path(sessionId);
    const taken = `${path}.${Math.floor(Math.random() * 2 ** 32)}`;
    try {
      await rename(path, taken);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
    try {
      const notes: unknown = JSON.parse(await readFile(taken, "utf8"));
      if (!isNotes(notes)) throw new Error("expected a list of notes");
      return notes;
    } catch (error) {
      throw new Error(`The notes to session ${sessionId} could not be read: ${String(error)}`, { cause: error });
    } finally {
      await rm(taken, { force: true });
    }
  }

  async #add(sessionId: string, note: Note): Promise<void> {
    const path = this.#path(sessionId);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const earlier = await this.take(sessionId);
    await writeQuickly(path, `${JSON.stringify([...earlier, note])}\n`);
  }

  #path(sessionId: string): string {
    if (!SESSION_ID.test(sessionId)) throw new Error(`"${sessionId}" is no session id: expected ses_ and letters.`);
    return join(this.folder, `${sessionId}.notes.json`);
  }
}
