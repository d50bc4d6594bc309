import { getBezierPath, ViewportPortal } from "@xyflow/react";
import { memo, useMemo } from "react";
import { useShallow } from "zustand/react/shallow";
import { useDetailLevel, type DetailLevel } from "../state/detail-level.ts";
import { edgeEnds, type Box } from "./edge-geometry.ts";
import { boxesOf, routeOf } from "./edge-routes.ts";
import type { ConnectionEdge } from "../state/flow-nodes.ts";
import { useFlow } from "../state/flow-store.ts";
import { useHeld } from "../state/held.ts";

/** So many arrows the canvas can follow one by one where no label is shown. */
const MOST_SINGLE = 150;

/** Whether arrows are lines alone: nobody can hit one from there, or there are too many to follow one by one. */
export function areLinesAlone(level: DetailLevel, connections: number): boolean {
  return level === "shape" || (level === "title" && connections > MOST_SINGLE);
}

/** The connections of a plan that is looked at from far away, as one drawing. */
export function FarConnections() {
  const level = useDetailLevel();
  const edges = useFlow((flow) => flow.edges);
  const heldIds = useHeld(useShallow(({ places }) => [...places.keys()]));
  const boxes = useFlow((flow) => boxesOf(flow.nodes));
  const [still, moving] = useMemo(() => {
    const held = new Set(heldIds);
    const isMoving = ({ source, target }: ConnectionEdge) => held.has(source) || held.has(target);
    return [edges.filter((edge) => !isMoving(edge)), edges.filter(isMoving)];
  }, [edges, heldIds]);
  if (!areLinesAlone(level, edges.length)) return null;
  return (
    <ViewportPortal>
      <svg className="far-connections" data-testid="far-connections" data-level={level} aria-hidden="true">
        <Lines edges={still} boxes={boxes} findWays={edges.length <= MOST_SINGLE} />
        {moving.length > 0 && <MovingLines edges={moving} boxes={boxes} />}
      </svg>
    </ViewportPortal>
  );
}

interface LinesProps {
  readonly edges: readonly ConnectionEdge[];
  readonly boxes: ReadonlyMap<string, Box>;
  /** Whether they go around cards: so many that this is seen of none of them go straight. */
  readonly findWays?: boolean;
}

const Lines = memo(function Lines({ edges, boxes, findWays = false }: LinesProps) {
  return edges.map(({ id, source, target, selected }) => {
    const [from, to] = [boxes.get(source), boxes.get(target)];
    if (from === undefined || to === undefined) return null;
    const way = findWays ? routeOf(useFlow.getState().nodes, { source, target })?.path : undefined;
    return <path key={id} d={way ?? getBezierPath(edgeEnds(from, to))[0]} data-selected={selected || undefined} />;
  });
});

/** Those of what the person holds. */
function MovingLines({ edges, boxes }: LinesProps) {
  const places = useHeld((held) => held.places);
  const moved = new Map(boxes);
  for (const [id, place] of places) {
    const box = boxes.get(id);
    if (box !== undefined) moved.set(id, { ...box, ...place });
  }
  return <Lines edges={edges} boxes={moved} />;
}
