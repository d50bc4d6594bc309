import type { PlanElement } from "../../../plans/plan.ts";
import { startEditing, useEditing, writeDraft } from "./editing.ts";
import { onEditorKey } from "./text-editor.tsx";

/** Where the person answers a question. */
export function AnswerField({ element }: { readonly element: PlanElement }) {
  const draft = useEditing(({ editing }) => (editing?.id === element.id ? editing.draft.answer : undefined));
  const answer = element.answer ?? "";
  return (
    <div className="answer nodrag" data-answered={answer !== "" || undefined}>
      <textarea
        className="editor editor-answer nodrag nopan nowheel"
        value={draft ?? answer}
        placeholder="Your answer…"
        aria-label={`Answer: ${element.title}`}
        data-testid="element-answer-input"
        onFocus={() => startEditing(element, "answer")}
        onChange={({ target }) => {
          if (draft === undefined) startEditing(element, "answer");
          writeDraft("answer", target.value);
        }}
        onKeyDown={(event) => onEditorKey(event, "many")}
      />
    </div>
  );
}
