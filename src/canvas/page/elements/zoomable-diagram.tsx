import { useEffect, useLayoutEffect, useRef, useState, type PointerEvent, type RefObject } from "react";
import type { Drawing } from "../drawing-frame/messages.ts";
import { ToolButton } from "./tool-button.tsx";
import { useDrawing } from "./use-drawing.ts";

const STEP = 1.25;
const LEAST = 0.2;
const MOST = 6;
/** Smaller, as a wide one on a phone would be, nobody could read it: a part of it is seen at first. */
const LEGIBLE = 0.75;
/** How far a key moves the drawing, in px. */
const MOVES: ReadonlyMap<string, readonly [left: number, top: number]> = new Map([
  ["ArrowLeft", [-60, 0]],
  ["ArrowRight", [60, 0]],
  ["ArrowUp", [0, -60]],
  ["ArrowDown", [0, 60]],
]);

interface ZoomableDiagramProps {
  readonly source: string;
  readonly title: string;
}

/** A drawing that is moved by dragging or by the arrow keys, and enlarged by buttons, keys or the wheel. */
export function ZoomableDiagram({ source, title }: ZoomableDiagramProps) {
  const drawn = useDrawing(source);
  const drawing = drawn !== null && "drawing" in drawn ? drawn.drawing : null;
  const frame = useRef<HTMLDivElement>(null);
  const { scale, change, fit } = useScale(frame, drawing);
  const dragging = useDragToScroll();
  if (drawing === null) {
    return <p className="hint">{drawn === null ? "Drawing…" : "This diagram cannot be drawn."}</p>;
  }
  return (
    <div
      className="zoomable"
      data-testid="zoomable"
      onKeyDown={(event) => {
        const { key } = event;
        const move = MOVES.get(key);
        if (move !== undefined) {
          // The browser's own way does nothing while the drawing has just become larger.
          event.preventDefault();
          frame.current?.scrollBy(...move);
        }
        if (key === "+" || key === "=") change(STEP);
        if (key === "-") change(1 / STEP);
        if (key === "0") fit();
      }}
    >
      <div
        ref={frame}
        className="zoomable-frame"
        role="region"
        aria-label={`Diagram: ${title}`}
        tabIndex={0}
        {...dragging}
      >
        <img
          src={drawing.url}
          width={drawing.width * scale}
          height={drawing.height * scale}
          alt={`Diagram: ${title}`}
          draggable={false}
        />
      </div>
      <div className="view-controls zoomable-controls">
        <ToolButton icon="minus" label="Smaller (−)" onClick={() => change(1 / STEP)} />
        <ToolButton icon="plus" label="Larger (+)" data-testid="zoom-larger" onClick={() => change(STEP)} />
        <ToolButton icon="fit" label="Whole diagram (0)" onClick={fit} />
        <output aria-live="polite">{`${Math.round(scale * 100)} %`}</output>
      </div>
    </div>
  );
}

/** How large the drawing is shown: as the person wants it, or as the frame allows. */
function useScale(frame: RefObject<HTMLDivElement | null>, drawing: Drawing | null) {
  const [room, setRoom] = useState({ width: 1, height: 1 });
  const [zoom, setZoom] = useState<number | "legible" | "whole">("legible");
  useLayoutEffect(() => {
    const { clientWidth: width = 1, clientHeight: height = 1 } = frame.current ?? {};
    setRoom({ width, height });
    // The dialog was open before there was anything to move.
    frame.current?.focus();
  }, [frame, drawing]);
  const fitting = drawing === null ? 1 : Math.min(room.width / drawing.width, room.height / drawing.height, 2);
  const scaleOf = (now: typeof zoom) => {
    if (now === "legible") return Math.max(fitting, LEGIBLE);
    return now === "whole" ? fitting : now;
  };
  const change = (by: number) => setZoom((now) => Math.min(MOST, Math.max(LEAST, scaleOf(now) * by)));
  useWheel(frame, change);
  return { scale: scaleOf(zoom), change, fit: () => setZoom("whole") };
}

/** React listens to the wheel passively: it could not keep the page from scrolling. */
function useWheel(frame: RefObject<HTMLElement | null>, change: (by: number) => void): void {
  const latest = useRef(change);
  latest.current = change;
  useEffect(() => {
    const onWheel = (event: WheelEvent) => {
      const inside = event.target instanceof Node && frame.current?.contains(event.target) === true;
      if (!inside || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      latest.current(event.deltaY < 0 ? STEP : 1 / STEP);
    };
    document.addEventListener("wheel", onWheel, { passive: false });
    return () => document.removeEventListener("wheel", onWheel);
  }, [frame]);
}

function useDragToScroll() {
  const held = useRef<{ readonly x: number; readonly y: number } | null>(null);
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      held.current = { x: event.clientX, y: event.clientY };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (held.current === null) return;
      event.currentTarget.scrollBy(held.current.x - event.clientX, held.current.y - event.clientY);
      held.current = { x: event.clientX, y: event.clientY };
    },
    onPointerUp: () => {
      held.current = null;
    },
  };
}
