/** Where a plan stands. Only a person sets those of {@link DECISIONS}. */
export const PLAN_STATUSES = ["draft", "in-progress", "changes_requested", "approved", "rejected", "done"] as const;
export type PlanStatus = (typeof PLAN_STATUSES)[number];

/** What a person can decide on a plan that is up for review. */
export const DECISIONS = ["approved", "rejected", "changes_requested"] as const;
export type Decision = (typeof DECISIONS)[number];

/** What a plan is called on disk and in a URL. */
export const SLUG = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** A box on the canvas; positions and sizes are in pixels at zoom 1, the y axis points down. */
export interface PlanElement {
  /** `el_` and letters, digits, `-` or `_`. */
  readonly id: string;
  /** One of {@link ./element-kinds.ts ELEMENT_TYPES}, or another program's. */
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /**
   * Markdown; of a `code` element the code itself, of a `diagram` Mermaid's language, of a `mockup` plain text in a
   * fixed-width font, of an `image` a `data:image/…` URL.
   */
  readonly content: string;
  /** Of a `task`: whether it is done. */
  readonly done?: boolean;
  /** Of a `question`: what somebody answered. */
  readonly answer?: string;
  /**
   * Who gave the answer, as {@link authorName} has it: that of an agent is an assumption. Absent where nobody knows, as
   * of one that was written into the file.
   */
  readonly answeredBy?: string;
  /** Of a `code` element: its programming language. */
  readonly language?: string;
  /** The name of the section that holds it together with others, such as a phase. */
  readonly section?: string;
  /** Nobody has chosen its place: the layout may move it. */
  readonly autoPlaced?: boolean;
  /** A person has chosen its size: it does not grow with its text. */
  readonly ownSize?: boolean;
  readonly [key: string]: unknown;
}

/** An arrow between two elements. */
export interface Connection {
  /** `conn_` and letters, digits, `-` or `_`. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  readonly type?: string;
  readonly [key: string]: unknown;
}

export interface Reply {
  /** `r_` and letters, digits, `-` or `_`. */
  readonly id: string;
  readonly author: string;
  readonly text: string;
  /** ISO 8601. */
  readonly created: string;
  readonly [key: string]: unknown;
}

/** Words of an element. */
export interface Quote {
  readonly text: string;
  /** Where they begin in its content; absent where the content does not have them as they are shown. */
  readonly offset?: number;
}

/** A remark pinned to an element, or to a place of the canvas. */
export interface PlanComment {
  /** `c_` and letters, digits, `-` or `_`. */
  readonly id: string;
  /** Where it is pinned; of one on an element, relative to its upper left corner. */
  readonly x?: number;
  readonly y?: number;
  readonly elementId: string | null;
  readonly author: string;
  readonly text: string;
  readonly created: string;
  readonly resolved?: boolean;
  /** The words that it is about, as the person marked them. */
  readonly quote?: Quote;
  /** Other words that the person suggests for the quoted ones. */
  readonly suggestion?: string;
  readonly thread: readonly Reply[];
  readonly [key: string]: unknown;
}

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** That a person or an agent changed an element or a connection: what `bizar_wait_for_feedback` tells of. */
export interface EditEntry {
  /** The revision that it made. */
  readonly revision: number;
  /** ISO 8601. */
  readonly at: string;
  readonly by: Author;
  readonly change: "added" | "updated" | "deleted";
  readonly what: "element" | "connection";
  readonly id: string;
  /** What was changed of it, for `updated`. */
  readonly fields?: readonly string[];
  /** Of one that `updated` or `deleted`: what it said before, as far as the journal holds it. */
  readonly old?: Readonly<Record<string, string | boolean>>;
}

/** `plan.json`. Keys that it does not know survive a round trip, at every depth. */
export interface Plan {
  readonly schemaVersion: 2;
  /** Tells it from another one that lies in its place later; absent of one that was made before plans had ids. */
  readonly id?: string;
  readonly title: string;
  readonly elements: readonly PlanElement[];
  readonly connections: readonly Connection[];
  readonly comments: readonly PlanComment[];
  readonly viewport: Viewport;
  /** Rises by one with each write. */
  readonly revision: number;
  /** The latest edits, oldest first; at most 500 are kept. */
  readonly edits?: readonly EditEntry[];
  readonly [key: string]: unknown;
}

/** Who asked for a review. */
export interface Asker {
  readonly sessionId: string;
  /** The background agent, where one asked. */
  readonly instanceId?: string;
}

/** `review` of `meta.json`: durable, so that neither a timeout nor a restart is ever an approval. */
export interface Review {
  readonly state: "none" | "open" | "decided";
  readonly askedBy?: Asker;
  readonly askedAt?: string;
  readonly decision?: Decision;
  readonly decidedBy?: string;
  readonly decidedAt?: string;
  readonly note?: string;
  /** ISO 8601: when the person last sent what they had collected, with or without a decision. */
  readonly finishedAt?: string;
  /** ISO 8601: what a person did up to here, the session that asked has been told. */
  readonly toldUntil?: string;
  readonly [key: string]: unknown;
}

/** `meta.json`. */
export interface PlanMeta {
  readonly status: PlanStatus;
  readonly title: string;
  readonly template: string;
  /** ISO 8601. */
  readonly lastEdited: string;
  readonly review: Review;
  readonly [key: string]: unknown;
}

/** Who acts on a plan. Only the page and the user's commands act as a person. */
export type Author =
  /** `page`: on a page, where edits are a part of a review, and are told with it. */
  | { readonly kind: "person"; readonly page?: true }
  /** An agent by its name. */
  | { readonly kind: "agent"; readonly name: string };

/** What comments say of a person. An agent of that name is written as `agent user`. */
export const PERSON = "user";

/** Whether a person has answered a question. */
export function isAnsweredByPerson({ answer = "", answeredBy }: Pick<PlanElement, "answer" | "answeredBy">): boolean {
  return answer.trim() !== "" && answeredBy === PERSON;
}

export function authorName(author: Author): string {
  if (author.kind === "person") return PERSON;
  return author.name === PERSON ? `agent ${PERSON}` : author.name;
}
