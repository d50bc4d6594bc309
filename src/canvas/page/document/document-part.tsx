import { memo, useState } from "react";
import { useFlow, selectOnly } from "../state/flow-store.ts";
import { CardHead, editWhatWasHit } from "../elements/card-head.tsx";
import { useEditing } from "../elements/editing.ts";
import { ElementBody } from "../elements/element-body.tsx";
import { typeName } from "../../../plans/element-kinds.ts";
import { saveWhenLeft } from "../elements/text-editor.tsx";
import { useArrival } from "../elements/use-arrival.ts";
import { kindAttributes } from "../elements/kind-attributes.ts";
import { titleWords } from "../state/title-words.ts";
import { visibleText } from "../state/visible-text.ts";
import { usePlan } from "../sync/plan-store.ts";
import { PartComments } from "./part-comments.tsx";
import { PartConnections } from "./part-connections.tsx";
import { PartTools } from "./part-tools.tsx";

interface DocumentPartProps {
  readonly id: string;
  /** Of each element, its place in the document. */
  readonly numbers: ReadonlyMap<string, number>;
}

/** One element in the document, with what is said about it beside it; it follows its own part of the plan only. */
export const DocumentPart = memo(function DocumentPart({ id, numbers }: DocumentPartProps) {
  const element = usePlan(({ elements }) => elements.get(id));
  const editing = useEditing((state) => state.editing?.id === id && state.editing.focus !== "answer");
  const writing = useEditing((state) => state.editing?.id === id);
  const selected = useFlow(({ nodes }) => nodes.some((node) => node.id === id && node.selected === true));
  const arrival = useArrival(element);
  // Five buttons of each of hundreds, which nobody comes near, are most of what a document is made of. What is scrolled past
  // a pointer that rests is entered, but nobody has come to it.
  const [isNear, setNear] = useState(false);
  const comeNear = () => setNear(true);
  if (element === undefined) return null;
  const label = `${visibleText(typeName(element.type))}: ${titleWords(element.title) || "untitled"}`;
  const select = () => selected || selectOnly([id]);
  return (
    <section className="part" id={`part-${id}`} data-testid={`part-${id}`} aria-label={label}>
      <article
        className="card part-card"
        tabIndex={0}
        aria-label={label}
        data-id={id}
        {...kindAttributes(element)}
        data-level="full"
        data-done={element.done === true || undefined}
        data-editing={editing || undefined}
        data-selected={selected || undefined}
        data-arrival={arrival}
        onClick={select}
        onPointerMove={comeNear}
        onFocus={comeNear}
        onDoubleClick={(event) => editWhatWasHit(event, element)}
        onBlur={writing ? saveWhenLeft : undefined}
      >
        <CardHead element={element} level="full" editing={editing} />
        <ElementBody element={element} editing={editing} selected={false} />
        <PartConnections id={id} numbers={numbers} />
        {(isNear || selected) && <PartTools id={id} />}
      </article>
      <PartComments elementId={id} />
    </section>
  );
});
