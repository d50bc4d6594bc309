import { useReactFlow, useStore, useViewport } from "@xyflow/react";
import { useEffect } from "react";
import { useGoTo } from "../state/go-to.ts";
import { usePage, type CommentPlace } from "../state/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";
import { TitleText } from "../elements/title-text.tsx";
import { useMiddle } from "../state/use-middle.ts";
import { CommentComposer } from "./comment-composer.tsx";
import { phone } from "../state/phone.ts";

/** While a place is being chosen, takes the next click; then lets the person write there. */
export function NewCommentPlace() {
  const placing = usePage((page) => page.placingComment);
  const composing = usePage((page) => page.composing);
  return (
    <>
      {placing && <PlaceChooser />}
      {composing !== null && <Composer place={composing} />}
    </>
  );
}

function PlaceChooser() {
  const { screenToFlowPosition } = useReactFlow();
  const middle = useMiddle();
  useEffect(() => {
    const choose = (place: CommentPlace) => usePage.setState({ composing: place, placingComment: false });
    const onClick = (event: MouseEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(".react-flow__viewport, .react-flow__pane") == null) return;
      event.preventDefault();
      event.stopPropagation();
      const point = screenToFlowPosition({ x: event.clientX, y: event.clientY });
      const id = target.closest<HTMLElement>(".react-flow__node")?.dataset["id"];
      const element = id === undefined ? undefined : usePlan.getState().elements.get(id);
      if (element === undefined) choose({ elementId: null, ...point });
      else choose({ elementId: element.id, x: point.x - element.x, y: point.y - element.y });
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      choose({ elementId: null, ...middle() });
    };
    document.addEventListener("click", onClick, true);
    document.addEventListener("keydown", onKeyDown, true);
    return () => {
      document.removeEventListener("click", onClick, true);
      document.removeEventListener("keydown", onKeyDown, true);
    };
  }, [screenToFlowPosition, middle]);
  return (
    <p className="placing-hint" role="status">
      Click where the comment belongs. <kbd>Enter</kbd> pins it in the middle, <kbd>Esc</kbd> stops.
    </p>
  );
}

const CARD_WIDTH = 316;
const CARD_HEIGHT = 190;

function Composer({ place }: { readonly place: CommentPlace }) {
  const { x, y, zoom } = useViewport();
  const { width, height } = useStore((state) => state);
  const element = usePlan(({ elements }) => (place.elementId === null ? undefined : elements.get(place.elementId)));
  const left = ((element?.x ?? 0) + place.x) * zoom + x;
  const top = ((element?.y ?? 0) + place.y) * zoom + y;
  const goTo = useGoTo();
  const { elementId } = place;
  useEffect(() => {
    // On a phone the sheet would lie over what it is about.
    if (elementId !== null && phone.matches) goTo(elementId, { focus: false });
  }, [elementId, goTo]);
  const style = {
    left: Math.max(8, Math.min(left + 14, width - CARD_WIDTH)),
    top: Math.max(8, Math.min(top + 14, height - CARD_HEIGHT)),
  };
  return (
    <section className="composer" style={style} aria-label="New comment">
      {element !== undefined && (
        <p className="composer-about">
          <TitleText title={`On “${element.title || "untitled"}”`} />
        </p>
      )}
      <CommentComposer place={element === undefined ? { ...place, elementId: null } : place} />
    </section>
  );
}
