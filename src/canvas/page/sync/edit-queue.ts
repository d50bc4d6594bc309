import type { Operation } from "../../../plans/operations.ts";
import type { Outcome } from "./api-client.ts";

/** An action of the person that the server has not confirmed. */
export interface PendingEdit {
  /** Of this page only. */
  readonly id: string;
  readonly operations: readonly Operation[];
}

export interface EditQueueParts {
  readonly send: (operations: readonly Operation[]) => Promise<Outcome>;
  /** The list has changed: show it, keep it. */
  readonly changed: (pending: readonly PendingEdit[]) => void;
  /** The head of the list has had its answer, and is no longer in the list. */
  readonly answered: (edit: PendingEdit, outcome: Outcome) => void;
  /** No answer: the edits stay, until {@link EditQueue.flush} is called again. */
  readonly stopped: (outcome: Outcome) => void;
}

/** Sends one edit after the other, in order; each leaves the list only with its answer. */
export class EditQueue {
  #pending: readonly PendingEdit[];
  #sending = false;
  #drained: (() => void)[] = [];
  readonly #parts: EditQueueParts;

  /** @param kept what an earlier load of the page had not sent; it may have arrived all the same. */
  constructor(parts: EditQueueParts, kept: readonly PendingEdit[] = []) {
    this.#parts = parts;
    this.#pending = kept;
  }

  get pending(): readonly PendingEdit[] {
    return this.#pending;
  }

  add(edit: PendingEdit): void {
    this.#set([...this.#pending, edit]);
    void this.flush();
  }

  /** Sends what waits. Settles when nothing does, or when the server does not answer. */
  async flush(): Promise<void> {
    if (this.#sending) {
      await new Promise<void>((resolve) => this.#drained.push(resolve));
      return;
    }
    await this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    try {
      for (let edit = this.#pending[0]; edit !== undefined; edit = this.#pending[0]) {
        const sent = edit;
        // oxlint-disable-next-line no-await-in-loop -- each edit builds on the one before
        const outcome = await this.#parts.send(sent.operations);
        if (outcome.kind === "unreachable" || outcome.kind === "locked_out") {
          this.#parts.stopped(outcome);
          return;
        }
        this.#pending = this.#pending.filter((other) => other.id !== sent.id);
        this.#parts.answered(sent, outcome);
        this.#parts.changed(this.#pending);
      }
    } finally {
      // At once: an edit that is added a moment later finds nobody who would still send it.
      this.#sending = false;
      for (const resolve of this.#drained.splice(0)) resolve();
    }
  }

  #set(pending: readonly PendingEdit[]): void {
    this.#pending = pending;
    this.#parts.changed(pending);
  }
}
