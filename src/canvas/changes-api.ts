/*
 * What the page of an agent's changes and its server say to each other, as `api.ts` does for plans, below the same path:
 *
 *   GET/POST …/changes/<instanceId>                        as for a plan
 *   GET  …/api/changes/<instanceId>                        {@link ChangesAnswer}
 *   GET  …/api/changes/<instanceId>/events                 server-sent events, each with a {@link ChangesEvent}
 *   GET  …/api/changes/<instanceId>/patch?version=…&path=… {@link PatchAnswer}
 *   POST …/api/changes/<instanceId>/round                  {@link Round}: kept, and told to nobody
 *   POST …/api/changes/<instanceId>/decision               {@link ChangesDecision} to {@link DecisionAnswer}
 *
 * A request that is refused is answered with 400 and more, and a `Refused`.
 */

/** Another agent that has changed the same file. */
export interface OtherAgent {
  readonly instanceId: string;
  readonly agent: string;
  readonly title: string;
}

export interface ReviewedFile {
  readonly path: string;
  /** What a renamed file was called. */
  readonly oldPath?: string;
  readonly kind: "added" | "changed" | "deleted" | "renamed";
  /** What it holds now, as a name that is another whenever it changes. */
  readonly id: string;
  readonly insertions: number;
  readonly deletions: number;
  readonly isBinary: boolean;
  /** The person's tree of now has changed the same places, or stands in its way. */
  readonly conflicts: boolean;
  readonly others: readonly OtherAgent[];
}

/** Changes as they are now. */
export interface ReviewedChanges {
  readonly instanceId: string;
  readonly agent: string;
  readonly title: string;
  /** Of the agent. */
  readonly status: string;
  readonly activity: string;
  readonly isAtWork: boolean;
  /** `open`: a person may decide; `empty`: nothing was changed. */
  readonly state: "open" | "empty" | "applied" | "discarded";
  /** Of what they are made, in words: `a1b2c3d + 4 changed files`. */
  readonly base: string;
  /** Another one whenever the agent has changed more. */
  readonly version: string;
  readonly files: readonly ReviewedFile[];
  /** What conflicts and is no file of the agent's: a tree that has gone, say. */
  readonly trouble: readonly string[];
  readonly leftOut: readonly string[];
  readonly branch: string | null;
  /** An agent waits for what the person decides. */
  readonly isAwaited: boolean;
}

export type Side = "old" | "new";

/** What a person says about lines of a file. */
export interface LineComment {
  readonly id: string;
  readonly path: string;
  readonly side: Side;
  /** The first and the last line, from 1. */
  readonly from: number;
  readonly to: number;
  /** What stood there when it was said. */
  readonly quote: readonly string[];
  readonly text: string;
  /** The lines are not there any more. */
  readonly isOutdated?: boolean;
}

/** What a person has said and looked at and not sent. */
export interface Round {
  readonly comments: readonly LineComment[];
  /** The files that they have looked at, each with what it held then. */
  readonly viewed: Readonly<Record<string, string>>;
}

export interface ChangesAnswer {
  readonly changes: ReviewedChanges;
  readonly round: Round;
}

export type ChangesEvent =
  | { readonly type: "changes"; readonly changes: ReviewedChanges }
  /** They cannot be read now; the page keeps what it shows. */
  | { readonly type: "problem"; readonly message: string };

export interface PatchAnswer {
  /** As `git diff` prints it, lines cut to a length that can be shown. */
  readonly patch: string;
  /** How many lines were left out at the end. */
  readonly leftOut: number;
}

export interface ChangesDecision {
  readonly decision: "apply" | "send_back" | "branch" | "discard";
  /** What the person has looked at. */
  readonly version: string;
  readonly comments: readonly LineComment[];
  readonly note?: string;
}

export interface DecisionAnswer {
  /** What came of it, for the person. */
  readonly words: string;
}

export const CHANGES_LIMITS = {
  comments: 500,
  text: 10_000,
  path: 4096,
  quoteLines: 200,
  /** Of a line that is shown; the rest of a longer one is left out. */
  lineCharacters: 2000,
  /** Of one file. */
  patchLines: 20_000,
} as const;

/** What is left out of a line that is longer. */
export const CUT_MARK = "… (cut)";
