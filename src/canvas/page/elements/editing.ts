import { create } from "zustand";
import { hasField, hasPicture } from "../../../plans/element-kinds.ts";
import type { ElementChanges } from "../../../plans/operations.ts";
import type { PlanElement } from "../../../plans/plan.ts";
import { lostElement } from "../sync/describe-refusal.ts";
import { edit, isOfPast } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { notify } from "../sync/notices.ts";

/** The texts of an element that a person writes. */
export type TextField = "title" | "content" | "language" | "answer";

/** What is being written; no state that arrives touches it. */
export interface Editing {
  readonly id: string;
  readonly type: string;
  /** Where the caret goes at first. */
  readonly focus: TextField;
  /** As the person saw it when they began. */
  readonly base: Readonly<Partial<Record<TextField, string>>>;
  readonly draft: Readonly<Partial<Record<TextField, string>>>;
}

export const useEditing = create<{ readonly editing: Editing | null }>(() => ({ editing: null }));

export function startEditing(element: PlanElement, focus: TextField): void {
  if (isOfPast()) return;
  saveEditing();
  const base =
    focus === "answer"
      ? { answer: element.answer ?? "" }
      : {
          title: element.title,
          ...(hasPicture(element) ? {} : { content: element.content }),
          ...(hasField(element, "language") ? { language: element.language ?? "" } : {}),
        };
  useEditing.setState({ editing: { id: element.id, type: element.type, focus, base, draft: base } });
}

export function writeDraft(field: TextField, text: string): void {
  useEditing.setState(({ editing }) => ({
    editing: editing && { ...editing, draft: { ...editing.draft, [field]: text } },
  }));
}

export function cancelEditing(): void {
  useEditing.setState({ editing: null });
}

/** Saves what was changed, and only that. */
export function saveEditing(): void {
  const { editing } = useEditing.getState();
  if (editing === null) return;
  useEditing.setState({ editing: null });
  const changes = changedTexts(editing);
  if (changes === null) return;
  if (!usePlan.getState().elements.has(editing.id)) {
    keepLostText(editing);
    return;
  }
  const base = Object.fromEntries(Object.keys(changes).map((field) => [field, editing.base[field as TextField] ?? ""]));
  edit([{ op: "update_element", id: editing.id, changes, base }]);
}

/** Follows the plan: when the element that is being written into is gone, its text is kept in a notice. */
export function watchForLostText(): void {
  usePlan.subscribe(({ elements }, before) => {
    const { editing } = useEditing.getState();
    if (editing === null || elements === before.elements || elements.has(editing.id)) return;
    useEditing.setState({ editing: null });
    if (changedTexts(editing) !== null) keepLostText(editing);
  });
  window.addEventListener("pagehide", saveEditing);
}

function keepLostText(editing: Editing): void {
  notify({ kind: "lost", title: editing.draft.title ?? "", element: lostElement(editing.draft, editing.type) });
}

function changedTexts({ base, draft }: Editing): ElementChanges | null {
  const changed = Object.entries(draft).filter(([field, text]) => text !== base[field as TextField]);
  return changed.length === 0 ? null : Object.fromEntries(changed);
}
