import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { usePage } from "../state/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";
import { ConnectionLabel } from "./connection-label.tsx";
import { useDetailLevel } from "../state/detail-level.ts";
import { useFlow } from "../state/flow-store.ts";
import { useHeld } from "../state/held.ts";
import { directRoute, type Route } from "./edge-route.ts";
import { boxesOf, routeOf } from "./edge-routes.ts";
import type { ConnectionEdge } from "../state/flow-nodes.ts";

/** An arrow from one element to another. */
export const ConnectionEdgeView = memo(function ConnectionEdgeView(props: EdgeProps<ConnectionEdge>) {
  const { id, selected = false } = props;
  const label = usePlan(({ connections }) => connections.get(id)?.label ?? "");
  const route = useRoute(props, label);
  const level = useDetailLevel();
  const labelling = usePage((state) => state.labelling === id);
  if (route === undefined) return null;
  const near = level === "full";
  return (
    <>
      <BaseEdge
        path={route.path}
        interactionWidth={near ? 22 : 0}
        {...(level === "shape" ? {} : { markerEnd: "url(#arrow-head)" })}
      />
      {near && (label !== "" || selected || labelling) && (
        <EdgeLabelRenderer>
          <ConnectionLabel
            id={id}
            label={label}
            x={route.labelX}
            y={route.labelY}
            selected={selected}
            labelling={labelling}
          />
        </EdgeLabelRenderer>
      )}
    </>
  );
});

/** While the person holds one of its ends it follows straight; once they let go it finds its way around the others. */
function useRoute({ source, target }: EdgeProps<ConnectionEdge>, label: string): Route | undefined {
  const heldFrom = useHeld(({ places }) => places.get(source));
  const heldTo = useHeld(({ places }) => places.get(target));
  const route = useFlow(({ nodes }) => routeOf(nodes, { source, target }, label));
  const from = useFlow(({ nodes }) => boxesOf(nodes).get(source));
  const to = useFlow(({ nodes }) => boxesOf(nodes).get(target));
  const isHeld = heldFrom !== undefined || heldTo !== undefined;
  if (!isHeld || from === undefined || to === undefined) return route;
  return directRoute({ ...from, ...heldFrom }, { ...to, ...heldTo });
}
