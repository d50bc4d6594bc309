import {
  Background,
  BackgroundVariant,
  ConnectionMode,
  MiniMap,
  Panel,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  type OnConnectEnd,
  type ReactFlowProps,
  type Viewport,
} from "@xyflow/react";
import { memo, useLayoutEffect, useRef, useState, type MouseEvent } from "react";
import { NewCommentPlace } from "../comments/new-comment-place.tsx";
import { CommentPins } from "../comments/comment-pins.tsx";
import { usePage } from "../state/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";
import { addElement, connect } from "./actions.ts";
import { ConnectionEdgeView } from "./connection-edge.tsx";
import { ElementNodeView } from "../elements/element-node.tsx";
import { shownType } from "../../../plans/element-kinds.ts";
import { changeEdges, changeNodes, saveMove, selectedElements, selectOnly, useFlow } from "../state/flow-store.ts";
import type { ConnectionEdge, ElementNode } from "../state/flow-nodes.ts";
import { areLinesAlone, FarConnections } from "./far-connections.tsx";
import { setZoom, useDetailLevel } from "../state/detail-level.ts";
import { fitted, LEAST_ZOOM } from "./fit.ts";
import { FollowView } from "./follow-view.tsx";
import { ImageDrop } from "./image-drop.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { FoldedToolbar } from "./folded-toolbar.tsx";
import { openMenu } from "./context-menu.tsx";
import { EmptyPlan } from "./empty-plan.tsx";
import { SectionFrames } from "./section-frames.tsx";
import { useMiddle } from "../state/use-middle.ts";
import { ViewControls } from "./view-controls.tsx";

/** Fewer cards are seen at once, or found without a map, which would lie over them. */
const LEAST_FOR_MAP = 30;
const MAP_SIZE = { width: 170, height: 116 };
const NO_EDGES: ConnectionEdge[] = [];

/** Where the person looked before the document took the place of the canvas. */
let lastViewport: Viewport | null = null;

/** What is the same at each drawing: the graph library looks at every property that is another one. */
const SETTINGS: ReactFlowProps<ElementNode, ConnectionEdge> = {
  nodeTypes: { element: ElementNodeView },
  edgeTypes: { connection: ConnectionEdgeView },
  onNodesChange: changeNodes,
  onEdgesChange: changeEdges,
  onNodeDragStop: (_event, _node, moved) => saveMove(moved),
  onSelectionDragStop: (_event, moved) => saveMove(moved),
  onPaneContextMenu: (event) => openMenu(event, false),
  onNodeContextMenu: (event, { id }) => {
    if (!selectedElements().includes(id)) selectOnly([id]);
    openMenu(event, true);
  },
  onSelectionContextMenu: (event) => openMenu(event, true),
  onConnect: ({ source, target }) => connect(source, target),
  onConnectEnd: connectToBody,
  onMoveEnd: (_event, viewport) => {
    lastViewport = viewport;
  },
  connectionMode: ConnectionMode.Loose,
  connectionRadius: 40,
  connectionLineStyle: { stroke: "var(--accent)", strokeWidth: 2 },
  selectionMode: SelectionMode.Partial,
  deleteKeyCode: null,
  disableKeyboardA11y: true,
  edgesFocusable: false,
  elevateNodesOnSelect: true,
  minZoom: LEAST_ZOOM,
  maxZoom: 2.5,
  panOnScroll: true,
  zoomOnDoubleClick: false,
  nodeDragThreshold: 3,
  onlyRenderVisibleElements: true,
};

/** The plan, to look at and to work on. */
export const PlanCanvas = memo(function PlanCanvas() {
  const nodes = useFlow((flow) => flow.nodes) as ElementNode[];
  const edges = useFlow((flow) => flow.edges) as ConnectionEdge[];
  const placing = usePage((page) => page.placingComment);
  const { screenToFlowPosition } = useReactFlow();
  const level = useDetailLevel();
  const { main, start } = useStart();

  const addWhereClicked = (event: MouseEvent) => {
    const onPane = event.target instanceof Element && event.target.classList.contains("react-flow__pane");
    if (onPane && !placing) addElement("text", screenToFlowPosition({ x: event.clientX, y: event.clientY }));
  };

  return (
    <main
      ref={main}
      className="canvas"
      aria-label="Plan"
      data-placing={placing || undefined}
      onDoubleClick={addWhereClicked}
    >
      {start !== null && (
        <ReactFlow<ElementNode, ConnectionEdge>
          {...SETTINGS}
          nodes={nodes}
          edges={areLinesAlone(level, edges.length) ? NO_EDGES : edges}
          defaultViewport={start}
        >
          <ArrowHead />
          <Background variant={BackgroundVariant.Dots} gap={24} size={1.6} />
          <OnTheCanvas count={nodes.length} />
        </ReactFlow>
      )}
    </main>
  );
});

const ArrowHead = memo(function ArrowHead() {
  return (
    <svg className="markers" aria-hidden="true">
      <defs>
        <marker
          id="arrow-head"
          viewBox="0 0 12 12"
          refX="10"
          refY="6"
          markerWidth="9"
          markerHeight="9"
          orient="auto-start-reverse"
        >
          <path d="M2 1.5 10.500 6 2 10.500 4 6z" />
        </marker>
      </defs>
    </svg>
  );
});

/** What lies around the cards and over them. */
const OnTheCanvas = memo(function OnTheCanvas({ count }: { readonly count: number }) {
  const middle = useMiddle();
  return (
    <>
      {count >= LEAST_FOR_MAP && (
        <MiniMap<ElementNode>
          style={MAP_SIZE}
          pannable
          zoomable
          ariaLabel="Mini map"
          nodeClassName={miniMapClass}
          nodeBorderRadius={24}
        />
      )}
      <SectionFrames />
      <FarConnections />
      {count === 0 && <EmptyPlan />}
      <FollowView />
      <CommentPins />
      <NewCommentPlace />
      <SelectionBar />
      <Panel position="center-left" className="toolbar-place">
        <FoldedToolbar place={middle} />
      </Panel>
      <ViewControls />
      <ImageDrop />
    </>
  );
});

/** What is looked at first: where the person was before, or the whole plan. */
function useStart() {
  const main = useRef<HTMLElement>(null);
  const [start, setStart] = useState(lastViewport);
  useLayoutEffect(() => {
    if (start !== null || main.current === null) return;
    const { clientWidth, clientHeight } = main.current;
    const viewport = fitted({ width: clientWidth, height: clientHeight });
    // Known before anything is drawn, so that nothing is drawn twice.
    setZoom(viewport.zoom);
    setStart(viewport);
  }, [start]);
  return { main, start };
}

/** Dropped anywhere on an element, not only on a handle. */
function connectToBody(...[event, { isValid, fromNode }]: Parameters<OnConnectEnd>): void {
  if (isValid === true || fromNode === null) return;
  const point = "changedTouches" in event ? event.changedTouches[0] : event;
  if (point === undefined) return;
  const hit = document.elementFromPoint(point.clientX, point.clientY)?.closest<HTMLElement>(".react-flow__node");
  const id = hit?.dataset["id"];
  if (id !== undefined) connect(fromNode.id, id);
}

function miniMapClass({ id }: ElementNode): string {
  return `map-${shownType(usePlan.getState().elements.get(id)?.type ?? "text")}`;
}
