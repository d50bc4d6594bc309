import type { Note, Notes } from "../../src/supervisor/ports.ts";

/** Notes that nobody but the test reads. */
export class MemoryNotes implements Notes {
  readonly posted = new Map<string, Note[]>();

  async post(sessionId: string, note: Note): Promise<void> {
    this.posted.set(sessionId, [...(this.posted.get(sessionId) ?? []), note]);
  }

  async take(sessionId: string): Promise<readonly Note[]> {
    const notes = this.posted.get(sessionId) ?? [];
    this.posted.delete(sessionId);
    return notes;
  }
}
