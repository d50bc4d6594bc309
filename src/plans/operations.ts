import type { Connection, PlanComment, PlanElement, Viewport } from "./plan.ts";

/** `Omit`, which of a type with an index signature would leave nothing but that. */
type Without<T, Keys extends PropertyKey> = { [Key in keyof T as Key extends Keys ? never : Key]: T[Key] };

/** New values by field. One that need not be there is taken back with `null`. */
type Changes<T> = { [Key in keyof T]?: object extends Pick<T, Key> ? T[Key] | null : T[Key] };

/** What may be said of an element when it is changed. Any other key is kept as it comes. */
export type ElementChanges = Changes<Without<PlanElement, "id">>;
export type ConnectionChanges = Changes<Without<Connection, "id">>;

/**
 * One change of a plan. Whoever asks for one chooses the ids, so that one which is sent again (the answer was lost) is
 * known by them and done once: adding what is there from the same author, or deleting what is gone, changes nothing.
 */
export type Operation =
  | {
      readonly op: "add_element";
      /** Without `x` and `y`: the layout places it. Sizes default by type. */
      readonly element: ElementChanges & { readonly id: string; readonly type: string };
    }
  | {
      readonly op: "update_element";
      readonly id: string;
      readonly changes: ElementChanges;
      /**
       * The values that the author saw, by field. A text (`title`, `content`, `answer`, …) that somebody else has changed
       * since is a conflict, and nothing is done; places and sizes are simply the last one's.
       */
      readonly base?: ElementChanges;
    }
  /** With its connections; its comments stay, pinned to the canvas where it was. */
  | { readonly op: "delete_element"; readonly id: string }
  | { readonly op: "add_connection"; readonly connection: Connection }
  | {
      readonly op: "update_connection";
      readonly id: string;
      readonly changes: ConnectionChanges;
      readonly base?: ConnectionChanges;
    }
  | { readonly op: "delete_connection"; readonly id: string }
  | { readonly op: "add_comment"; readonly comment: Without<PlanComment, "author" | "created" | "thread"> }
  | { readonly op: "update_comment"; readonly id: string; readonly changes: CommentChanges }
  /** A person's own, or an agent's own. */
  | { readonly op: "delete_comment"; readonly id: string }
  | {
      readonly op: "reply_to_comment";
      readonly commentId: string;
      readonly reply: { readonly id: string; readonly text: string };
    }
  | { readonly op: "set_title"; readonly title: string; readonly base?: { readonly title: string } }
  /** No edit: where somebody looks. */
  | { readonly op: "set_viewport"; readonly viewport: Viewport };

export type CommentChanges = Changes<Pick<PlanComment, "x" | "y" | "elementId" | "resolved">>;

/** Why a batch of operations was not done; nothing of it was. */
export interface OperationRefusal {
  readonly reason:
    /** Not an operation, an id of a wrong form, a value out of bounds. */
    | "invalid"
    /** The element, connection or comment is not there. */
    | "not_found"
    /** Somebody else has changed the same text: `current` says what it is now. */
    | "conflict"
    /** Not this author's to do. */
    | "not_allowed"
    /** One thing more than a plan may hold. */
    | "too_large";
  /** Which of the operations, from 0. */
  readonly index: number;
  /** What was expected, what came, what to do. */
  readonly message: string;
  /** Of a conflict: the fields as they are now. */
  readonly current?: Record<string, unknown>;
}
