import { memo, useCallback, useLayoutEffect, useRef, useState, type CSSProperties, type ReactNode } from "react";
import type { PlanElement } from "../../../plans/plan.ts";
import { openDialog } from "../state/page-state.ts";
import { ChangeMark } from "./change-mark.tsx";
import { AgentChip } from "./agent-chip.tsx";
import { AnswerField } from "./answer-field.tsx";
import { Diagram } from "./diagram.tsx";
import { hasField, hasPicture, kindOf, type ContentForm } from "../../../plans/element-kinds.ts";
import { CodeText, MarkdownText } from "./markdown.tsx";
import { Picture } from "./picture.tsx";
import { TextEditor } from "./text-editor.tsx";
import { LongText } from "./long-text.tsx";
import { UnshownText } from "./unshown-text.tsx";
import { useWholeCard } from "./use-whole-card.ts";
import { titleWords } from "../state/title-words.ts";

interface ElementBodyProps {
  readonly element: PlanElement;
  readonly editing: boolean;
  readonly selected: boolean;
  /** There a card has a size, and grows with what is in it. */
  readonly isOnCanvas?: boolean;
}

/** A drawing and a picture are dragged like the rest of the card; words are marked instead. */
const HAS_NO_WORDS: ReadonlySet<ContentForm> = new Set(["diagram", "picture"]);

/** What is in an element, below its title. */
export const ElementBody = memo(function ElementBody(props: ElementBodyProps) {
  const { element, editing, selected, isOnCanvas = false } = props;
  const { form } = kindOf(element.type);
  const writes = editing && !hasPicture(element);
  const body = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  const cut = useWholeCard(element, body, isOnCanvas);
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
          <ContentEditor form={form} />
        ) : (
          <div className={HAS_NO_WORDS.has(form) ? `card-${form}` : "card-words nodrag"}>
            <Content element={element} />
          </div>
        )}
      </div>
      {cut !== "" && !writes && (
        <button
          type="button"
          className="more-lines nodrag"
          data-testid="more-lines"
          onClick={() => openDialog({ kind: "large", id: element.id })}
        >
          {cut}
        </button>
      )}
      {hasField(element, "answer") && <AnswerField element={element} />}
    </>
  );
});

/** What is said of an element and belongs to another type: no part of the card shows it. */
function UnshownFields({ element }: { readonly element: PlanElement }) {
  const fields = (["answer", "language"] as const).filter((field) => !hasField(element, field));
  const text = fields.flatMap((field) => element[field] || []).join("\n");
  return text === "" ? null : <UnshownText source={text} />;
}

const PLACEHOLDERS: Readonly<Partial<Record<ContentForm, string>>> = {
  code: "Code",
  diagram: "flowchart LR\n  A[Start] --> B[End]",
  wireframe: "[ Search… ] ( Go )",
};

function ContentEditor({ form }: { readonly form: ContentForm }) {
  const placeholder = PLACEHOLDERS[form] ?? "Write Markdown…";
  return <TextEditor field="content" label="Content" lines="many" placeholder={placeholder} />;
}

function Content({ element }: { readonly element: PlanElement }): ReactNode {
  const { content, title, id } = element;
  const open = useCallback(() => openDialog({ kind: "large", id }), [id]);
  switch (kindOf(element.type).form) {
    case "code":
      return <CodeText code={content} language={element.language ?? ""} />;
    case "diagram":
      return <Diagram source={content} title={titleWords(title)} open={open} />;
    case "wireframe": {
      const columns = longestLine(content);
      const style = { "--columns": columns } as CSSProperties;
      return <LongText text={content} className="wireframe" style={style} isWide={columns > MOST_COLUMNS} />;
    }
    case "picture":
      return (
        <>
          <Picture id={element.id} url={content} title={titleWords(title)} />
          {content !== "" && !content.startsWith("data:") && <UnshownText source={content} />}
        </>
      );
    case "markdown":
      return <MarkdownText text={content} />;
  }
}

/** On a phone more are not read without scrolling. */
const MOST_COLUMNS = 70;

function longestLine(text: string): number {
  return text.split("\n").reduce((longest, line) => Math.max(longest, line.length), 1);
}
