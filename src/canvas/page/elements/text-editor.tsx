import { useEffect, useRef, type FocusEvent, type KeyboardEvent } from "react";
import { cancelEditing, saveEditing, useEditing, writeDraft, type TextField } from "./editing.ts";

interface TextEditorProps {
  readonly field: TextField;
  readonly label: string;
  readonly lines: "one" | "many";
  readonly placeholder?: string;
}

/** Writes one text of the element that is being edited. Leaving the element saves; Escape does not. */
export function TextEditor({ field, label, lines, placeholder }: TextEditorProps) {
  const text = useEditing(({ editing }) => editing?.draft[field] ?? "");
  const isFirst = useEditing(({ editing }) => editing?.focus === field);
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!isFirst) return;
    input.current?.focus({ preventScroll: true });
    if (lines === "one") input.current?.select();
  }, [isFirst, lines]);
  const shared = {
    ref: input,
    className: `editor editor-${field} nodrag nopan nowheel`,
    value: text,
    placeholder,
    "aria-label": label,
    "data-testid": `element-${field}-input`,
    onChange: (event: { readonly target: { readonly value: string } }) => writeDraft(field, event.target.value),
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => onEditorKey(event, lines),
  };
  return lines === "one" ? <input {...shared} /> : <textarea {...shared} spellCheck={field !== "language"} />;
}

/** For the card around all that can be written: a click beside its texts focuses what is around the card. */
export function saveWhenLeft(event: FocusEvent<HTMLElement>): void {
  const staysInside = event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget);
  // Another window has the focus: the person will be back.
  if (!staysInside && document.hasFocus()) saveEditing();
}

export function onEditorKey(event: KeyboardEvent<HTMLElement>, lines: "one" | "many"): void {
  event.stopPropagation();
  const isSave = event.key === "Enter" && (event.ctrlKey || event.metaKey || lines === "one");
  if (!isSave && event.key !== "Escape") return;
  if (event.nativeEvent.isComposing) return;
  event.preventDefault();
  const node = event.currentTarget.closest<HTMLElement>(".react-flow__node, .part-card");
  if (isSave) saveEditing();
  else cancelEditing();
  node?.focus({ preventScroll: true });
}
