import type { Asker } from "../../plans/plan.ts";
import type { EndedAsker } from "./feedback-text.ts";

/** What is put before a person for review, and on which they may do something later: plans, or what agents have changed. */
export interface ReviewSubjects {
  /** In a word, for reports: `plan`. */
  readonly kind: string;
  /** The names of those under review. Rejects when they cannot be listed. */
  underReview(): Promise<readonly string[]>;
  /** `gone`: it is not there any more. `unreadable`: that may be mended. */
  read(name: string): Promise<UnderReview | "gone" | "unreadable">;
  /** Tells of changes to one of them. */
  watch(name: string, changed: () => void): { close(): void };
  /**
   * Notes that all up to `until` is told, where until now it was all up to `from`. Settles with whether it was so: of
   * several processes one tells. Rejects when it cannot be noted.
   */
  tellOnce(name: string, from: string, until: string): Promise<boolean>;
}

/** How a review stands. */
export interface UnderReview {
  readonly askedBy: Asker | undefined;
  readonly isOpen: boolean;
  /** Nothing is to be told any more, and nothing will be. */
  readonly isOver: boolean;
  /** ISO 8601: what was done up to then is told. */
  readonly toldUntil: string | undefined;
  /** What is not told yet; `undefined`: nothing. */
  readonly news: News | undefined;
}

/** What a person has done. */
export interface News {
  /** ISO 8601: when the last of it was done. */
  readonly until: string;
  /** More may follow in a moment: comments and edits come one after the other. */
  readonly isGoingOn: boolean;
  /** In words for the session that asked, or the one that spawned the agent that did. */
  readonly text: (asker: EndedAsker | undefined) => string;
}
