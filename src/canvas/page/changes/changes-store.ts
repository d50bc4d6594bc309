import { create } from "zustand";
import type { LineComment, ReviewedChanges } from "../../changes-api.ts";
import type { FileDiff, LineRange } from "./diff-lines.ts";
import type { DiffView } from "./pieces.ts";

/** What is known of the lines of one file. */
export interface LoadedDiff {
  /** Of which content it is. */
  readonly key: string;
  readonly diff: FileDiff | null;
  /** Why it could not be loaded. */
  readonly trouble: string | null;
}

/** Lines of one file. */
export interface Marked extends LineRange {
  readonly path: string;
}

export type ChangesDialog =
  | { readonly kind: "help" }
  | { readonly kind: "decide"; readonly decision: "apply" | "send_back" | "branch" | "discard" };

export interface ChangesState {
  readonly link: { readonly state: "loading" | "live" | "locked_out" } | { readonly state: "offline" };
  /** Why the changes cannot be read now. */
  readonly problem: string | null;
  readonly changes: ReviewedChanges | null;
  readonly comments: readonly LineComment[];
  readonly viewed: Readonly<Record<string, string>>;
  readonly diffs: Readonly<Record<string, LoadedDiff>>;
  readonly view: DiffView;
  /** Files that are closed or open against what their mark says. */
  readonly toggled: Readonly<Record<string, boolean>>;
  /** The file that the keys work on. */
  readonly current: string | null;
  readonly marked: Marked | null;
  /** The lines that a comment is being written on. */
  readonly composing: Marked | null;
  readonly dialog: ChangesDialog | null;
  /** What came of the last thing that was done. */
  readonly notice: { readonly kind: "info" | "failure"; readonly text: string } | null;
}

const KEY = "bizar:diff-view";
const phone = matchMedia("(max-width: 760px)");

export const useChanges = create<ChangesState>(() => ({
  link: { state: "loading" },
  problem: null,
  changes: null,
  comments: [],
  viewed: {},
  diffs: {},
  view: shownView(),
  toggled: {},
  current: null,
  marked: null,
  composing: null,
  dialog: null,
  notice: null,
}));

phone.addEventListener("change", () => useChanges.setState({ view: shownView() }));

/** Side by side needs room. */
function shownView(): DiffView {
  if (phone.matches) return "unified";
  try {
    return localStorage.getItem(KEY) === "split" ? "split" : "unified";
  } catch {
    // A browser that keeps nothing.
    return "unified";
  }
}

/** Switches between the views, for good. */
export function switchDiffView(): void {
  const view = useChanges.getState().view === "split" ? "unified" : "split";
  useChanges.setState({ view });
  try {
    localStorage.setItem(KEY, view);
  } catch {
    // The choice holds for this load.
  }
}

export function openChangesDialog(dialog: ChangesDialog | null): void {
  useChanges.setState({ dialog });
}

/** Whether the lines of a file are shown: not once it was looked at, unless the person opens it. */
export function isOpen({ viewed, toggled }: ChangesState, path: string, id: string): boolean {
  return (viewed[path] !== id) !== (toggled[path] === true);
}
