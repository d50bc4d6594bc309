import { edit } from "../sync/plan-session.ts";
import { isAnsweredByPerson, type PlanElement } from "../../../plans/plan.ts";
import { startEditing, useEditing, writeDraft } from "./editing.ts";
import { onEditorKey } from "./text-editor.tsx";
import { titleWords } from "../state/title-words.ts";
import { visibleText } from "../state/visible-text.ts";

/** Where the person answers a question. */
export function AnswerField({ element }: { readonly element: PlanElement }) {
  const draft = useEditing(({ editing }) => (editing?.id === element.id ? editing.draft.answer : undefined));
  const answer = element.answer ?? "";
  return (
    <div className="answer nodrag" data-answered={isAnsweredByPerson(element) || undefined}>
      <textarea
        className="editor editor-answer nodrag nopan nowheel"
        value={draft ?? visibleText(answer)}
        placeholder="Your answer…"
        aria-label={`Answer: ${titleWords(element.title)}`}
        data-testid="element-answer-input"
        onFocus={() => startEditing(element, "answer")}
        onChange={({ target }) => {
          if (draft === undefined) startEditing(element, "answer");
          writeDraft("answer", target.value);
        }}
        onKeyDown={(event) => onEditorKey(event, "many")}
      />
      {draft === undefined && answer.trim() !== "" && !isAnsweredByPerson(element) && (
        <p className="assumption" data-testid="assumption">
          <span>{element.answeredBy === undefined ? "Assumed" : `Assumed by ${visibleText(element.answeredBy)}`}</span>
          <button
            type="button"
            className="button button-quiet"
            data-testid="confirm-answer"
            onClick={() => edit([{ op: "update_element", id: element.id, changes: { answer } }])}
          >
            That is right
          </button>
        </p>
      )}
    </div>
  );
}
