import { useReactFlow, ViewportPortal } from "@xyflow/react";
import { useMemo, useRef, type PointerEvent } from "react";
import { frameAround, sectionOf } from "../../../plans/sections.ts";
import { TitleText } from "../elements/title-text.tsx";
import { titleWords } from "../state/title-words.ts";
import { usePlan } from "../sync/plan-store.ts";
import { changeNodes, saveMove, selectOnly, useFlow } from "../state/flow-store.ts";
import type { ElementNode } from "../state/flow-nodes.ts";
import { useHeld } from "../state/held.ts";

/** A frame with a name around what each section holds. */
export function SectionFrames() {
  const elements = usePlan((state) => state.elements);
  const names = useMemo(() => {
    const named = [...elements].map(([id, element]) => [id, sectionOf(element)] as const);
    return new Map(named.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
  }, [elements]);
  return names.size === 0 ? null : <Frames names={names} />;
}

function Frames({ names }: { readonly names: ReadonlyMap<string, string> }) {
  const nodes = useFlow((flow) => flow.nodes);
  const held = useHeld(({ places }) => places);
  const sections = Map.groupBy(
    nodes.filter(({ id }) => names.has(id)).map((node) => ({ ...node, position: held.get(node.id) ?? node.position })),
    ({ id }) => names.get(id) ?? "",
  );
  return (
    <ViewportPortal>
      {[...sections].map(([name, members]) => (
        <Frame key={name} name={name} members={members} />
      ))}
    </ViewportPortal>
  );
}

function Frame({ name, members }: { readonly name: string; readonly members: readonly ElementNode[] }) {
  const { x, y, width, height } = frameAround(
    members.map(({ position, width: wide = 0, height: high = 0 }) => ({ ...position, width: wide, height: high })),
  );
  const hold = useHold(members);
  const ids = members.map(({ id }) => id);
  return (
    <section
      className="section-frame"
      aria-label={titleWords(name)}
      data-testid={`section-${name}`}
      style={{ left: x, top: y, width, height }}
    >
      <button
        type="button"
        className="section-name nopan"
        title="Drag to move all of it"
        onClick={() => selectOnly(ids)}
        {...hold}
      >
        <TitleText title={name} />
      </button>
    </section>
  );
}

/** Moves all of them with the pointer; at its end that is one edit. */
function useHold(members: readonly ElementNode[]) {
  const { getZoom } = useReactFlow();
  const held = useRef<{ readonly x: number; readonly y: number; readonly from: readonly ElementNode[] } | null>(null);
  const moved = (event: PointerEvent, dragging: boolean) => {
    const { x, y, from } = held.current ?? { x: 0, y: 0, from: [] };
    const [dx, dy] = [(event.clientX - x) / getZoom(), (event.clientY - y) / getZoom()];
    const now = from.map((node) => ({ ...node, position: { x: node.position.x + dx, y: node.position.y + dy } }));
    changeNodes(now.map(({ id, position }) => ({ type: "position", id, position, dragging })));
    return now;
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      held.current = { x: event.clientX, y: event.clientY, from: members };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (held.current !== null) moved(event, true);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      if (held.current === null) return;
      const now = moved(event, false);
      held.current = null;
      saveMove(now);
    },
  };
}
