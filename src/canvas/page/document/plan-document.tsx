import { Fragment, memo, useEffect, useMemo, useState, type CSSProperties } from "react";
import type { PlanElement } from "../../../plans/plan.ts";
import { inReadingOrder } from "../../../plans/reading-order.ts";
import { sectionOf } from "../../../plans/sections.ts";
import { EmptyPlan } from "../canvas/empty-plan.tsx";
import { ImageDrop } from "../canvas/image-drop.tsx";
import { Toolbar } from "../canvas/toolbar.tsx";
import { useView } from "../state/view.ts";
import { TitleText } from "../elements/title-text.tsx";
import { whenThereIsTime } from "../elements/spare-time.ts";
import { usePlan } from "../sync/plan-store.ts";
import { CanvasComments } from "./canvas-comments.tsx";
import { Contents } from "./contents.tsx";
import { DocumentPart } from "./document-part.tsx";
import { ScrollCover } from "./scroll-cover.tsx";

/** So many parts are there at once, and so many more each time that the page has time. */
const PARTS_AT_ONCE = 20;
/** So many are drawn together when they come near to being seen: of one by one, each would cost a frame. */
const PARTS_OF_STRETCH = 8;

/** The plan in reading order, everything at full size. */
export const PlanDocument = memo(function PlanDocument() {
  const elements = usePlan(({ plan }) => plan?.elements);
  const connections = usePlan(({ plan }) => plan?.connections);
  const order = useMemo(
    () => inReadingOrder({ elements: elements ?? [], connections: connections ?? [] }).map(({ id }) => id),
    [elements, connections],
  );
  const begins = useMemo(() => sectionStarts(order, elements ?? []), [order, elements]);
  const numbers = useMemo(() => new Map(order.map((id, index) => [id, index + 1])), [order]);
  const printing = useView((state) => state.printing);
  const little = useLittleByLittle(order.length);
  const shown = printing ? order.length : little;
  return (
    <main className="document" aria-label="Plan" data-testid="document">
      <ScrollCover />
      <Contents order={order} />
      <div className="document-text">
        {inStretches(order.slice(0, shown)).map((ids, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- what it is: so many parts from there on
          <div key={index} className="stretch" style={{ "--parts": ids.length } as CSSProperties}>
            {ids.map((id) => (
              <Fragment key={id}>
                {begins.has(id) && (
                  <h2 className="section-head">
                    <TitleText title={begins.get(id) ?? ""} />
                  </h2>
                )}
                <DocumentPart id={id} numbers={numbers} />
              </Fragment>
            ))}
          </div>
        ))}
        {elements?.length === 0 && <EmptyPlan isDocument />}
        {shown >= order.length && <CanvasComments />}
        <Toolbar place={belowAll} direction="horizontal" />
      </div>
      <ImageDrop />
    </main>
  );
});

/** Of hundreds of parts those that are far from sight cost something with each frame: together they are one thing. */
function inStretches(ids: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(ids.length / PARTS_OF_STRETCH) }, (_, index) =>
    ids.slice(index * PARTS_OF_STRETCH, (index + 1) * PARTS_OF_STRETCH),
  );
}

/** The name of each section, by the element that it begins with. */
function sectionStarts(order: readonly string[], elements: readonly PlanElement[]): ReadonlyMap<string, string> {
  const sections = new Map(elements.map((element) => [element.id, sectionOf(element)]));
  const starts = order.flatMap((id, index) => {
    const own = sections.get(id);
    const before = sections.get(order[index - 1] ?? "");
    return own === undefined || own === before ? [] : [[id, own] as const];
  });
  return new Map(starts);
}

function belowAll() {
  const elements = usePlan.getState().plan?.elements ?? [];
  const lowest = Math.max(0, ...elements.map(({ y, height }) => y + height));
  const left = Math.min(...elements.map(({ x }) => x), Infinity);
  return { x: (Number.isFinite(left) ? left : 0) + 150, y: lowest + 140 };
}

/** How many of so many are to be shown by now. */
function useLittleByLittle(all: number): number {
  const [shown, setShown] = useState(PARTS_AT_ONCE);
  useEffect(() => {
    if (shown >= all) return undefined;
    return whenThereIsTime(() => setShown(shown + PARTS_AT_ONCE));
  }, [shown, all]);
  return shown;
}
