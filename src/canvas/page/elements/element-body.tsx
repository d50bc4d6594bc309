import { memo, useCallback, useLayoutEffect, useRef, useState, type CSSProperties, type ReactNode } from "react";
import type { PlanElement } from "../../../plans/plan.ts";
import { openDialog } from "../state/page-state.ts";
import { ChangeMark } from "./change-mark.tsx";
import { AgentChip } from "./agent-chip.tsx";
import { AnswerField } from "./answer-field.tsx";
import { Diagram } from "./diagram.tsx";
import { shownType } from "../state/element-types.ts";
import { CodeText, MarkdownText } from "./markdown.tsx";
import { Picture } from "./picture.tsx";
import { TextEditor } from "./text-editor.tsx";
import { LongText } from "./long-text.tsx";
import { UnshownText } from "./unshown-text.tsx";
import { useWholeCard } from "./use-whole-card.ts";
import { visibleText } from "../state/visible-text.ts";

interface ElementBodyProps {
  readonly element: PlanElement;
  readonly editing: boolean;
  readonly selected: boolean;
  /** There a card has a size, and grows with what is in it. */
  readonly isOnCanvas?: boolean;
}

/** Its content is dragged like the rest of the card; words are marked instead. */
const HAS_NO_WORDS: ReadonlySet<string> = new Set(["diagram", "image"]);

/** What is in an element, below its title. */
export const ElementBody = memo(function ElementBody(props: ElementBodyProps) {
  const { element, editing, selected, isOnCanvas = false } = props;
  const writes = editing && element.type !== "image";
  const body = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  const cutLines = useWholeCard(element, body, isOnCanvas);
  useLayoutEffect(() => {
    const { scrollHeight = 0, clientHeight = 0 } = body.current ?? {};
    setScrolls(selected && scrollHeight > clientHeight + 1);
  }, [selected, element]);
  return (
    <>
      <div
        ref={body}
        className={`card-body${scrolls ? " nowheel" : ""}`}
        data-testid="element-content"
        dir="auto"
        {...(scrolls && !writes ? { tabIndex: 0, role: "region", "aria-label": "Content" } : {})}
      >
        {writes || <AgentChip id={element.id} />}
        {writes || <ChangeMark id={element.id} />}
        {writes || <UnshownFields element={element} />}
        {writes ? (
          <ContentEditor type={element.type} />
        ) : (
          <div className={HAS_NO_WORDS.has(element.type) ? `card-picture card-${element.type}` : "card-words nodrag"}>
            <Content element={element} />
          </div>
        )}
      </div>
      {cutLines > 0 && !writes && (
        <button
          type="button"
          className="more-lines nodrag"
          data-testid="more-lines"
          onClick={() => openDialog({ kind: "large", id: element.id })}
        >
          {`${cutLines} more line${cutLines === 1 ? "" : "s"} ↓`}
        </button>
      )}
      {element.type === "question" && <AnswerField element={element} />}
    </>
  );
});

/** What is said of an element and belongs to another type: no part of the card shows it. */
function UnshownFields({ element: { type, answer, language } }: { readonly element: PlanElement }) {
  const texts = [type === "question" ? undefined : answer, type === "code" ? undefined : language];
  const text = texts.filter(Boolean).join("\n");
  return text === "" ? null : <UnshownText source={text} />;
}

function ContentEditor({ type }: { readonly type: string }) {
  const placeholders: Readonly<Record<string, string>> = {
    code: "Code",
    diagram: "flowchart LR\n  A[Start] --> B[End]",
    mockup: "[ Search… ] ( Go )",
  };
  return (
    <TextEditor field="content" label="Content" lines="many" placeholder={placeholders[type] ?? "Write Markdown…"} />
  );
}

function Content({ element }: { readonly element: PlanElement }): ReactNode {
  const { content, title, id } = element;
  const open = useCallback(() => openDialog({ kind: "large", id }), [id]);
  switch (shownType(element.type)) {
    case "code":
      return <CodeText code={content} language={element.language ?? ""} />;
    case "diagram":
      return <Diagram source={content} title={visibleText(title)} open={open} />;
    case "mockup":
      return (
        <LongText text={content} className="wireframe" style={{ "--columns": longestLine(content) } as CSSProperties} />
      );
    case "image":
      return (
        <>
          <Picture id={element.id} url={content} title={visibleText(title)} />
          {content !== "" && !content.startsWith("data:") && <UnshownText source={content} />}
        </>
      );
    case "text":
    case "note":
    case "task":
    case "decision":
    case "question":
      return <MarkdownText text={content} />;
  }
}

function longestLine(text: string): number {
  return text.split("\n").reduce((longest, line) => Math.max(longest, line.length), 1);
}
