import type { Difference } from "./diff-plans.ts";
import type { Connection, Decision, PlanElement, Review } from "./plan.ts";

/** What a person decided on: the plan as it was then, with what they changed of it themselves since. */
export interface DecidedPlan {
  readonly revision: number;
  readonly title: string;
  readonly elements: readonly PlanElement[];
  readonly connections: readonly Connection[];
}

/** What the ledger holds of a plan. */
export interface LedgerEntry {
  readonly review: Review;
  /** There from a decision on, until the plan is put up again. */
  readonly decided?: DecidedPlan;
}

/** A plan is known by where it lies and by its id: a copy elsewhere, or another one in its place, is none of it. */
export interface PlanIdentity {
  readonly slug: string;
  /** Of one that was made before plans had ids, the empty text. */
  readonly id: string;
}

/**
 * The reviews of a project's plans, kept where only the store writes. The plans' own files lie in the project, where an
 * agent, a repository or an editor may write anything: there a decision is a word.
 */
export interface Ledger {
  /** `undefined` where there is no entry, or one that the store has not made. */
  read(plan: PlanIdentity): Promise<LedgerEntry | undefined>;
  /** Replaces the entry; without one, takes it out. Rejects where it cannot be written. */
  write(plan: PlanIdentity, entry: LedgerEntry | undefined): Promise<void>;
  /** The entries of all plans that have lain there, by id. */
  readAll(slug: string): Promise<ReadonlyMap<string, LedgerEntry>>;
  /** Of the plan that lies there, and of those that lay there before. */
  remove(slug: string): Promise<void>;
  /** Of which plans there are entries. */
  slugs(): Promise<readonly string[]>;
}

/** What of a plan is another than what was decided on. */
export type ChangeSince =
  | Difference
  | { readonly change: "updated"; readonly what: "title"; readonly id: "title"; readonly fields?: undefined };

/** What the ledger makes of the words in a plan's files. */
export interface Standing {
  /** A decision that the files tell of and that nobody made here. */
  readonly claimed?: Decision;
  /** The revision that was decided on. */
  readonly decidedRevision?: number;
  /** What was changed since the decision, but for what the person changed on the page or by a command. */
  readonly changedSince?: readonly ChangeSince[];
}

/** Entries that end with the process: for plans that nobody else reads. */
export class MemoryLedger implements Ledger {
  readonly #entries = new Map<string, Map<string, LedgerEntry>>();

  async read({ slug, id }: PlanIdentity): Promise<LedgerEntry | undefined> {
    return this.#entries.get(slug)?.get(id);
  }

  async write({ slug, id }: PlanIdentity, entry: LedgerEntry | undefined): Promise<void> {
    const entries = this.#entries.get(slug) ?? new Map<string, LedgerEntry>();
    this.#entries.set(slug, entries);
    if (entry === undefined) entries.delete(id);
    else entries.set(id, entry);
  }

  async readAll(slug: string): Promise<ReadonlyMap<string, LedgerEntry>> {
    return this.#entries.get(slug) ?? new Map();
  }

  async remove(slug: string): Promise<void> {
    this.#entries.delete(slug);
  }

  async slugs(): Promise<readonly string[]> {
    return [...this.#entries.keys()];
  }
}
