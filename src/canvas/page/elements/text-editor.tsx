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
    onBlur: saveWhenLeft,
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => onEditorKey(event, lines),
  };
  return lines === "one" ? <input {...shared} /> : <textarea {...shared} spellCheck={field !== "language"} />;
}

export function saveWhenLeft(event: FocusEvent<HTMLElement>): void {
  const element = event.currentTarget.closest(".react-flow__node");
  const staysInside = event.relatedTarget instanceof Node && element?.contains(event.relatedTarget) === true;
  // Another window has the focus: the person will be back.
  if (!staysInside && document.hasFocus()) saveEditing();
}

export function onEditorKey(event: KeyboardEvent<HTMLElement>, lines: "one" | "many"): void {
  event.stopPropagation();
  const isSave = event.key === "Enter" && (event.ctrlKey || event.metaKey || lines === "one");
  if (!isSave && event.key !== "Escape") return;
  if (event.nativeEvent.isComposing) return;
  event.preventDefault();
  const node = event.currentTarget.closest<HTMLElement>(".react-flow__node");
  if (isSave) saveEditing();
  else cancelEditing();
  node?.focus({ preventScroll: true });
}
