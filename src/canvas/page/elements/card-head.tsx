import type { CSSProperties, MouseEvent } from "react";
import type { PlanElement } from "../../../plans/plan.ts";
import type { DetailLevel } from "../state/detail-level.ts";
import { edit } from "../sync/plan-session.ts";
import { startEditing } from "./editing.ts";
import { hasField, hasPicture, shownType, typeName } from "../../../plans/element-kinds.ts";
import { Icon } from "./icons.tsx";
import { TextEditor } from "./text-editor.tsx";
import { longestWord } from "./long-words.ts";
import { TitleText } from "./title-text.tsx";
import { titleWords } from "../state/title-words.ts";
import { visibleText } from "../state/visible-text.ts";

interface CardHeadProps {
  readonly element: PlanElement;
  readonly level: DetailLevel;
  readonly editing: boolean;
}

/** What an element is, what it is called, and the box that ticks a task. */
export function CardHead({ element, level, editing }: CardHeadProps) {
  return (
    <header className="card-head">
      {hasField(element, "done") && level === "full" ? (
        <input
          type="checkbox"
          className="task-box nodrag"
          checked={element.done === true}
          aria-label={`Done: ${titleWords(element.title) || "untitled"}`}
          onChange={({ target }) => edit([{ op: "update_element", id: element.id, changes: { done: target.checked } }])}
        />
      ) : (
        <span className="badge" title={visibleText(typeName(element.type))}>
          <Icon name={shownType(element.type)} />
        </span>
      )}
      <div
        className="card-title"
        data-testid="element-title"
        dir="auto"
        style={{ "--longest": longestWord(titleWords(element.title)) } as CSSProperties}
      >
        {editing ? (
          <TextEditor field="title" label="Title" lines="one" placeholder="Title" />
        ) : element.title === "" ? (
          <span className="untitled">{visibleText(typeName(element.type))}</span>
        ) : (
          <TitleText title={element.title} />
        )}
      </div>
      {hasField(element, "language") && level === "full" && (
        <div className="card-language">
          {editing ? (
            <TextEditor field="language" label="Programming language" lines="one" placeholder="language" />
          ) : (
            visibleText(element.language ?? "")
          )}
        </div>
      )}
    </header>
  );
}

/** A double click writes into the text that was hit. */
export function editWhatWasHit(event: MouseEvent<HTMLElement>, element: PlanElement): void {
  const hit = event.target instanceof Element ? event.target : null;
  if (hit?.closest("input, textarea, button, a") !== null) return;
  event.stopPropagation();
  const inBody = hit.closest(".card-body") !== null && !hasPicture(element);
  startEditing(element, inBody ? "content" : "title");
}
