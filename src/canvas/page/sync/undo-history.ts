import type { Operation } from "../../../plans/operations.ts";

const MOST_STEPS = 200;

/** An action of the person, and what takes it back. */
export interface Step {
  readonly redo: readonly Operation[];
  readonly undo: readonly Operation[];
}

/** The person's own actions on this page; those of others are never taken back by it. */
export interface UndoHistory {
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

export const NO_HISTORY: UndoHistory = { done: [], undone: [] };

export function remember(history: UndoHistory, step: Step): UndoHistory {
  return { done: [...history.done, step].slice(-MOST_STEPS), undone: [] };
}

/** Without the action that these operations did or took back: they were refused, and it cannot be taken back or done again. */
export function forget({ done, undone }: UndoHistory, operations: readonly Operation[]): UndoHistory {
  const isOther = ({ redo, undo }: Step) => redo !== operations && undo !== operations;
  return { done: done.filter(isOther), undone: undone.filter(isOther) };
}

export function stepBack(history: UndoHistory): { readonly step: Step; readonly history: UndoHistory } | null {
  const step = history.done.at(-1);
  if (step === undefined) return null;
  return { step, history: { done: history.done.slice(0, -1), undone: [...history.undone, step] } };
}

export function stepForward(history: UndoHistory): { readonly step: Step; readonly history: UndoHistory } | null {
  const step = history.undone.at(-1);
  if (step === undefined) return null;
  return { step, history: { done: [...history.done, step], undone: history.undone.slice(0, -1) } };
}
