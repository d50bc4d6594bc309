import { recordEdit } from "./edit-journal.ts";
import { oldWords } from "./old-words.ts";
import type { Author, Connection, EditEntry, Plan, PlanComment, PlanElement } from "./plan.ts";

/** A plan while operations are done on it. What is not finished is never seen. */
export class PlanDraft {
  readonly elements: Map<string, PlanElement>;
  readonly connections: Map<string, Connection>;
  readonly comments: Map<string, PlanComment>;
  /** Elements without a place have come, or what they are connected to has changed. */
  needsLayout = false;
  #rest: Partial<Plan> = {};
  #edits: readonly EditEntry[];
  #isChanged = false;

  constructor(
    readonly before: Plan,
    readonly author: Author,
    /** ISO 8601. */
    readonly now: string,
  ) {
    this.elements = byId(before.elements);
    this.connections = byId(before.connections);
    this.comments = byId(before.comments);
    this.#edits = before.edits ?? [];
  }

  /** Notes that something is another than before. */
  touch(rest: Partial<Plan> = {}): void {
    this.#isChanged = true;
    this.#rest = { ...this.#rest, ...rest };
  }

  get title(): string {
    return this.#rest.title ?? this.before.title;
  }

  get viewport(): Plan["viewport"] {
    return this.#rest.viewport ?? this.before.viewport;
  }

  /**
   * Notes an edit of an element or a connection in the journal.
   *
   * @param before it, where it was there
   */
  record(
    change: EditEntry["change"],
    what: EditEntry["what"],
    id: string,
    before?: object,
    fields?: readonly string[],
  ): void {
    this.touch();
    this.#edits = recordEdit(this.#edits, {
      revision: this.before.revision + 1,
      at: this.now,
      by: this.author,
      change,
      what,
      id,
      ...(fields !== undefined && { fields }),
      ...oldWords(before, fields),
    });
  }

  /** Whether the journal says that this author added it. */
  hasAdded(what: EditEntry["what"], id: string): boolean {
    const added = this.#edits.findLast((edit) => edit.what === what && edit.id === id && edit.change === "added");
    return added !== undefined && JSON.stringify(added.by) === JSON.stringify(this.author);
  }

  /** The plan with all that was done; the same object where that was nothing. */
  finish(): Plan {
    if (!this.#isChanged) return this.before;
    return {
      ...this.before,
      ...this.#rest,
      elements: [...this.elements.values()],
      connections: [...this.connections.values()],
      comments: [...this.comments.values()],
      revision: this.before.revision + 1,
      edits: this.#edits,
    };
  }
}

function byId<T extends { readonly id: string }>(list: readonly T[]): Map<string, T> {
  return new Map(list.map((member) => [member.id, member]));
}
