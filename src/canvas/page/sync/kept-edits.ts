import type { PendingEdit } from "./edit-queue.ts";

/**
 * Where a tab keeps what is not confirmed, so that a reload loses nothing. Each tab has its own list: two that sent the
 * same one would meet themselves as a conflict.
 */
export interface KeptEdits {
  read(): readonly PendingEdit[];
  write(pending: readonly PendingEdit[]): void;
}

/** What is used of a `Storage`. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

/** @param storage a tab's own (`sessionStorage`); it holds for one origin, so for one server. */
export function createKeptEdits(storage: TextStorage, slug: string): KeptEdits {
  const key = `bizar:pending:${slug}`;
  return {
    read() {
      try {
        const kept: unknown = JSON.parse(storage.getItem(key) ?? "[]");
        return Array.isArray(kept) ? kept.filter(isPendingEdit) : [];
      } catch {
        return [];
      }
    },
    write(pending) {
      try {
        if (pending.length === 0) storage.removeItem(key);
        else storage.setItem(key, JSON.stringify(pending));
      } catch {
        // The storage is full (a large image) or forbidden: the edits live as long as the tab does.
      }
    },
  };
}

function isPendingEdit(value: unknown): value is PendingEdit {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "id") === "string" &&
    Array.isArray(Reflect.get(value, "operations"))
  );
}
