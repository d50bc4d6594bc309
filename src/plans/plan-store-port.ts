import type { ChangeSince, Standing } from "./ledger.ts";
import type { Operation, OperationRefusal } from "./operations.ts";
import type { PlanHistory } from "./plan-history.ts";
import type { Asker, Author, Decision, Plan, PlanMeta, PlanStatus } from "./plan.ts";

/** A plan as it is on disk now: its status and review say what holds, whatever stands in its files. */
export interface StoredPlan extends Standing {
  readonly slug: string;
  readonly plan: Plan;
  readonly meta: PlanMeta;
  /** What of its file was left out, in words: it holds more than a plan can. Then nothing is written to it. */
  readonly cut?: string | undefined;
}

/** What a person has collected on a page. */
export interface Round {
  /** Absent: they only comment. */
  readonly decision?: Decision;
  readonly note?: string;
  /** Comments and replies. */
  readonly operations: readonly Operation[];
}

/** A background agent that was sent out for an element of a plan. */
export interface AgentAtWork {
  readonly elementId: string;
  readonly instanceId: string;
  readonly agent: string;
  readonly status: "queued" | "pending" | "running" | "done" | "failed" | "killed" | "timed_out";
  /** While it is at work: what it does. */
  readonly activity?: string;
}

/** Why a plan cannot be read or written. */
export interface PlanProblem {
  readonly reason:
    | "bad_slug"
    | "not_found"
    | "exists"
    /** Not JSON, or not a plan: left as it is until a person has mended it. */
    | "broken"
    /** Written by a later version of Bizar. */
    | "newer"
    /** A link in the place of a folder or file. */
    | "link"
    /** Another process holds the lock for longer than 5 s. */
    | "locked"
    /** The disk or its permissions. */
    | "unwritable"
    /** Only a person may do that. */
    | "not_allowed"
    /** It is another one than the person saw; the message says what has changed. */
    | "changed";
  /** What was expected, what came (a broken file with line and column), what to do. */
  readonly message: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: PlanProblem };

export type EditResult =
  | {
      readonly ok: true;
      readonly stored: StoredPlan;
      /** The ids that the operations made or changed, one an operation. */
      readonly ids: readonly string[];
    }
  | { readonly ok: false; readonly refusal: OperationRefusal; readonly stored: StoredPlan }
  | { readonly ok: false; readonly problem: PlanProblem };

/** A review that keeps those who asked for it from writing. */
export interface Hold {
  readonly slug: string;
  readonly askedBy: Asker | undefined;
  readonly why:
    /** The person has not decided. */
    | { readonly kind: "open" }
    /** What they were to decide on is not there any more. */
    | { readonly kind: "gone" }
    /** It cannot be read: `message` says why. */
    | { readonly kind: "unreadable"; readonly message: string }
    /** What they approved is another plan now. */
    | { readonly kind: "changed"; readonly changes: readonly ChangeSince[] };
}

/** What a list shows of a plan. */
export interface PlanSummary extends Standing {
  readonly slug: string;
  readonly title: string;
  readonly status: PlanStatus | null;
  readonly review: PlanMeta["review"]["state"] | null;
  /** What a person has decided. */
  readonly decision?: Decision;
  readonly elements: number;
  readonly openComments: number;
  /** ISO 8601; `null`: it is not known. */
  readonly lastEdited: string | null;
  /** Why it cannot be read. */
  readonly problem?: PlanProblem;
}

/**
 * The plans below one worktree. Many processes write at once: each write reads the newest state under an exclusive lock
 * that the system frees when its holder dies, so independent edits all stay. Never throws for what a disk or a person
 * may do: problems are values.
 */
export interface Plans {
  /** The absolute path of `plans`. */
  readonly folder: string;
  /** Sorted by slug, broken ones included. None where there is no such folder; a link in its place is a problem. */
  list(): Promise<Result<PlanSummary[]>>;
  read(slug: string): Promise<Result<StoredPlan>>;
  create(slug: string, template: string, title?: string): Promise<Result<StoredPlan>>;
  delete(slug: string): Promise<Result<null>>;
  /** The latest revisions of its elements and connections, oldest first: at most 50, and a megabyte of them. */
  history(slug: string): Promise<Result<PlanHistory>>;
  /** All of the operations, or none. */
  edit(slug: string, author: Author, operations: readonly Operation[]): Promise<EditResult>;
  /** A person's `approved`, `rejected` or `changes_requested` also decides an open review. An agent is refused those. */
  setStatus(slug: string, author: Author, status: PlanStatus, note?: string): Promise<Result<StoredPlan>>;
  /**
   * Puts the plan up for review. One that the same session asked for and has not heard the end of goes on: `toldUntil`
   * stays as it is.
   */
  openReview(slug: string, askedBy: Asker): Promise<Result<StoredPlan>>;
  /**
   * What a person decides, on the plan as it is.
   *
   * @param seen the revision that they saw, where that is known: nothing is decided where it is another one now
   */
  decide(slug: string, decision: Decision, note?: string, seen?: number): Promise<Result<StoredPlan>>;
  /**
   * What a person sends at the end of a review, all at once: the comments that they have collected, and a decision or
   * none.
   *
   * @param seen the revision that they saw, where that is known: nothing is done where it is another one now
   */
  finishReview(slug: string, round: Round, seen?: number): Promise<Result<StoredPlan>>;
  /** The session that asked has been told of all that a person did up to then. */
  told(slug: string, until: string): Promise<Result<StoredPlan>>;
  /**
   * Moves the moment up to which the asker has been told, if it still is `from`: of several who want to tell the same,
   * one may.
   *
   * @returns whether it was moved
   */
  tellOnce(slug: string, from: string, until: string): Promise<Result<boolean>>;
  /**
   * The reviews for which nothing is to be written now, as the ledger has them.
   *
   * @param others plans of which the ledger may hold nothing: their files count
   */
  holds(others: readonly string[]): Promise<readonly Hold[]>;
  /**
   * Calls back with the plan after each change of its files, by whomever, within 100 ms; once at first. What was changed
   * by hand (not through a store) counts as a person's edit: it is written into `edits` with a revision of its own.
   *
   * @returns what ends it
   */
  watch(slug: string, changed: (now: Result<StoredPlan>) => void): { close(): void };
}
