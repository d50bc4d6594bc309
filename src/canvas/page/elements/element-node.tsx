import { Handle, NodeResizer, Position, useUpdateNodeInternals, type NodeProps } from "@xyflow/react";
import { memo, useEffect, useRef, type MouseEvent } from "react";
import type { PlanElement } from "../../../plans/plan.ts";
import { useDetailLevel, type DetailLevel } from "../canvas/detail-level.ts";
import type { ElementNode } from "../canvas/flow-nodes.ts";
import { edit } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { startEditing, useEditing } from "./editing.ts";
import { ElementBody } from "./element-body.tsx";
import { shownType, typeName } from "./element-types.ts";
import { Icon } from "./icons.tsx";
import { saveWhenLeft, TextEditor } from "./text-editor.tsx";
import { useArrival } from "./use-arrival.ts";
import { visibleText } from "./visible-text.ts";

const LEAST_WIDTH = 120;
const LEAST_HEIGHT = 60;

/** One element; it follows its own part of the plan only. */
export const ElementNodeView = memo(function ElementNodeView({ id, selected, dragging }: NodeProps<ElementNode>) {
  const element = usePlan(({ elements }) => elements.get(id));
  const level = useDetailLevel();
  const editing = useEditing((state) => state.editing?.id === id && state.editing.focus !== "answer");
  const writing = useEditing((state) => state.editing?.id === id);
  const arrival = useArrival(element);
  useMeasuredHandles(id, level === "full");
  if (element === undefined) return null;
  const full = level === "full";
  return (
    <>
      {full && selected && <Resizer id={id} />}
      <div
        className="card"
        data-type={shownType(element.type)}
        data-level={level}
        data-done={element.done === true || undefined}
        data-editing={editing || undefined}
        data-dragging={dragging || undefined}
        data-arrival={arrival}
        onDoubleClick={(event) => editWhatWasHit(event, element)}
        onBlur={writing ? saveWhenLeft : undefined}
      >
        <CardHead element={element} level={level} editing={editing} />
        {full && <ElementBody element={element} editing={editing} selected={selected} />}
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

function CardHead(props: { readonly element: PlanElement; readonly level: DetailLevel; readonly editing: boolean }) {
  const { element, level, editing } = props;
  const type = shownType(element.type);
  return (
    <header className="card-head">
      {type === "task" && level === "full" ? (
        <input
          type="checkbox"
          className="task-box nodrag"
          checked={element.done === true}
          aria-label={`Done: ${element.title || "untitled"}`}
          onChange={({ target }) => edit([{ op: "update_element", id: element.id, changes: { done: target.checked } }])}
        />
      ) : (
        <span className="badge" title={visibleText(typeName(element.type))}>
          <Icon name={type} />
        </span>
      )}
      <div className="card-title" data-testid="element-title" dir="auto">
        {editing ? (
          <TextEditor field="title" label="Title" lines="one" placeholder="Title" />
        ) : (
          visibleText(element.title) || <span className="untitled">{visibleText(typeName(element.type))}</span>
        )}
      </div>
      {type === "code" && level === "full" && (
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

/** The canvas measures handles when an element comes into sight; here, when the element comes near enough to have them. */
function useMeasuredHandles(id: string, full: boolean): void {
  const update = useUpdateNodeInternals();
  const before = useRef(full);
  useEffect(() => {
    if (before.current === full) return;
    before.current = full;
    if (full) update(id);
  }, [full, id, update]);
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

function editWhatWasHit(event: MouseEvent<HTMLElement>, element: PlanElement): void {
  const hit = event.target instanceof Element ? event.target : null;
  if (hit?.closest("input, textarea, button, a") !== null) return;
  event.stopPropagation();
  const inBody = hit.closest(".card-body") !== null && element.type !== "image";
  startEditing(element, inBody ? "content" : "title");
}
