import { Handle, NodeResizer, Position, useStoreApi, useUpdateNodeInternals, type NodeProps } from "@xyflow/react";
import { memo, useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import { useDetailLevel } from "../state/detail-level.ts";
import { SIDES, type ElementNode } from "../state/flow-nodes.ts";
import { useHeld } from "../state/held.ts";
import { edit } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { CardHead, editWhatWasHit } from "./card-head.tsx";
import { useEditing } from "./editing.ts";
import { ElementBody } from "./element-body.tsx";
import { saveWhenLeft } from "./text-editor.tsx";
import { useArrival } from "./use-arrival.ts";
import { kindAttributes } from "./kind-attributes.ts";
import { titleWords } from "../state/title-words.ts";

const LEAST_WIDTH = 120;
const LEAST_HEIGHT = 60;

/** One element; it follows its own part of the plan only. */
export const ElementNodeView = memo(function ElementNodeView({ id, selected, dragging }: NodeProps<ElementNode>) {
  const element = usePlan(({ elements }) => elements.get(id));
  const level = useDetailLevel();
  const editing = useEditing((state) => state.editing?.id === id && state.editing.focus !== "answer");
  const writing = useEditing((state) => state.editing?.id === id);
  const arrival = useArrival(element);
  const card = useRef<HTMLDivElement>(null);
  useHeldPlace(id, card);
  useMeasuredHandles(id, level === "full");
  if (element === undefined) return null;
  const full = level === "full";
  return (
    <>
      {full && selected && <Resizer id={id} />}
      <div
        ref={card}
        className="card"
        {...kindAttributes(element)}
        data-level={level}
        data-done={element.done === true || undefined}
        data-editing={editing || undefined}
        data-dragging={dragging || undefined}
        data-arrival={arrival}
        onDoubleClick={(event) => editWhatWasHit(event, element)}
        onBlur={writing ? saveWhenLeft : undefined}
      >
        {level === "shape" ? (
          <span className="card-title" data-testid="element-title" hidden>
            {titleWords(element.title)}
          </span>
        ) : (
          <CardHead element={element} level={level} editing={editing} />
        )}
        {full && <ElementBody element={element} editing={editing} selected={selected} isOnCanvas />}
      </div>
      {full ? (
        <Handles />
      ) : (
        // What the canvas looks for when it measures: without it, arrows would have no end.
        <i className="source anchor" data-handleid="top" data-handlepos="top" />
      )}
    </>
  );
});

/** The canvas measures handles when an element comes into sight; here, when the element comes near enough to have them. */
function useMeasuredHandles(id: string, full: boolean): void {
  const update = useUpdateNodeInternals();
  const store = useStoreApi();
  useEffect(() => {
    const known = store.getState().nodeLookup.get(id)?.internals.handleBounds?.source ?? [];
    if (full && known.length < SIDES.length) update(id);
  }, [full, id, update, store]);
}

/** While the person holds it, it follows them past React and the canvas. */
function useHeldPlace(id: string, card: RefObject<HTMLElement | null>): void {
  const isHeld = useHeld(({ places }) => places.has(id));
  useLayoutEffect(() => {
    const style = card.current?.closest<HTMLElement>(".react-flow__node")?.style;
    if (!isHeld || style === undefined) return undefined;
    // A layer of its own: what it moves over need not be painted again.
    style.willChange = "transform";
    const follow = () => {
      const place = useHeld.getState().places.get(id);
      if (place !== undefined) style.transform = `translate(${place.x}px,${place.y}px)`;
    };
    const end = useHeld.subscribe(follow);
    return () => {
      end();
      style.willChange = "";
    };
  }, [isHeld, id, card]);
}

function Resizer({ id }: { readonly id: string }) {
  return (
    <NodeResizer
      minWidth={LEAST_WIDTH}
      minHeight={LEAST_HEIGHT}
      handleClassName="resize-corner"
      lineClassName="resize-line"
      onResizeEnd={(_event, { x, y, width, height }) => {
        const changes = { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) };
        edit([{ op: "update_element", id, changes }]);
      }}
    />
  );
}

const Handles = memo(function Handles() {
  return (
    <>
      <Handle type="source" id="top" position={Position.Top} />
      <Handle type="source" id="right" position={Position.Right} />
      <Handle type="source" id="bottom" position={Position.Bottom} />
      <Handle type="source" id="left" position={Position.Left} />
    </>
  );
});
