import { create } from "zustand";
import type { Decision, Quote } from "../../../plans/plan.ts";

/** Where a new comment goes: relative to the element, or to the canvas. */
export interface CommentPlace {
  readonly elementId: string | null;
  readonly x: number;
  readonly y: number;
  /** The words that it is about. */
  readonly quote?: Quote;
  /** Other words for them are suggested. */
  readonly suggests?: boolean;
}

/** How a review ends: with a decision, or with none. */
export type Choice = Decision | "commented";

export type OpenDialog =
  | { readonly kind: "help" }
  | { readonly kind: "find" }
  /** Choose what an element is connected with; its connections. */
  | { readonly kind: "connect"; readonly from: string }
  /** Which section some elements belong to. */
  | { readonly kind: "section"; readonly ids: readonly string[] }
  /** One element as large as the window. */
  | { readonly kind: "large"; readonly id: string }
  | { readonly kind: "decide"; readonly choice: Choice | null };

export interface PageState {
  readonly dialog: OpenDialog | null;
  /** The next click pins a comment. */
  readonly placingComment: boolean;
  readonly composing: CommentPlace | null;
  readonly commentsOpen: boolean;
  readonly historyOpen: boolean;
  readonly activeComment: string | null;
  /** What was asked for a menu, and where on the screen. */
  readonly menu: { readonly x: number; readonly y: number; readonly isOnCard: boolean } | null;
  /** The connection whose label is being written. */
  readonly labelling: string | null;
}

/** What the page shows besides the plan; nobody else sees it. */
export const usePage = create<PageState>(() => ({
  dialog: null,
  placingComment: false,
  composing: null,
  commentsOpen: false,
  historyOpen: false,
  activeComment: null,
  menu: null,
  labelling: null,
}));

export function openDialog(dialog: OpenDialog): void {
  usePage.setState({ dialog });
}

export function closeDialog(): void {
  usePage.setState({ dialog: null });
}
