import {
  BaseEdge,
  EdgeLabelRenderer,
  getBezierPath,
  useInternalNode,
  type EdgeProps,
  type InternalNode,
} from "@xyflow/react";
import { memo } from "react";
import { usePage } from "../state/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";
import { ConnectionLabel } from "./connection-label.tsx";
import { useDetailLevel } from "../state/detail-level.ts";
import { useHeld } from "../state/held.ts";
import { edgeEnds, type Box } from "./edge-geometry.ts";
import type { ConnectionEdge, ElementNode } from "../state/flow-nodes.ts";

/** An arrow from one element to another, between the sides that face each other. */
export const ConnectionEdgeView = memo(function ConnectionEdgeView(props: EdgeProps<ConnectionEdge>) {
  const { id, source, target, selected = false } = props;
  const from = useInternalNode<ElementNode>(source);
  const to = useInternalNode<ElementNode>(target);
  const heldFrom = useHeld(({ places }) => places.get(source));
  const heldTo = useHeld(({ places }) => places.get(target));
  const label = usePlan(({ connections }) => connections.get(id)?.label ?? "");
  const level = useDetailLevel();
  const labelling = usePage((state) => state.labelling === id);
  if (from === undefined || to === undefined) return null;
  const ends = edgeEnds({ ...boxOf(from), ...heldFrom }, { ...boxOf(to), ...heldTo });
  const [path, labelX, labelY] = getBezierPath(ends);
  const near = level === "full";
  return (
    <>
      <BaseEdge
        path={path}
        interactionWidth={near ? 22 : 0}
        {...(level === "shape" ? {} : { markerEnd: "url(#arrow-head)" })}
      />
      {near && (label !== "" || selected || labelling) && (
        <EdgeLabelRenderer>
          <ConnectionLabel id={id} label={label} x={labelX} y={labelY} selected={selected} labelling={labelling} />
        </EdgeLabelRenderer>
      )}
    </>
  );
});

function boxOf({ internals, measured }: InternalNode<ElementNode>): Box {
  const { x, y } = internals.positionAbsolute;
  return { x, y, width: measured.width ?? 0, height: measured.height ?? 0 };
}
