import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { create } from "zustand";
import { edit } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { shownBoxes, useCardHeights } from "./card-heights.ts";
import { hold, letGo, useHeld } from "./held.ts";
import { flowEdges, flowNodes, handlesOf, type ConnectionEdge, type ElementNode } from "./flow-nodes.ts";

interface FlowState {
  readonly nodes: readonly ElementNode[];
  readonly edges: readonly ConnectionEdge[];
}

/** What the canvas draws: the plan's geometry, and what is selected or held. */
export const useFlow = create<FlowState>(() => ({ nodes: [], edges: [] }));

/** Follows the plan. */
export function startFlow(): void {
  useCardHeights.subscribe(draw);
  usePlan.subscribe(({ plan, elements, connections }, before) => {
    if (plan === null) return;
    if (connections === before.connections && elements === before.elements) return;
    const { heights } = useCardHeights.getState();
    useFlow.setState(({ nodes, edges }) => ({
      nodes: elements === before.elements ? nodes : flowNodes(shownBoxes(plan.elements, heights), nodes),
      edges: flowEdges(plan.connections, elements, edges),
    }));
  });
}

function draw(): void {
  const { plan } = usePlan.getState();
  const { heights } = useCardHeights.getState();
  if (plan !== null) useFlow.setState((flow) => ({ nodes: flowNodes(shownBoxes(plan.elements, heights), flow.nodes) }));
}

export function changeNodes(changes: NodeChange<ElementNode>[]): void {
  const wanted = changes.filter(isOwnChange);
  if (wanted.length === 0) return;
  const places = new Map(wanted.flatMap(heldPlace));
  const { places: before } = useHeld.getState();
  if (places.size === wanted.length && [...places.keys()].every((id) => before.has(id))) return hold(places);
  useFlow.setState((flow) => ({ nodes: applyNodeChanges(wanted, [...flow.nodes]).map(holdStill) }));
  if (places.size > 0) hold(places);
  else if (wanted.some(({ type }) => type === "position")) letGo();
}

/** Tells the canvas where the elements are that the person holds. */
export function settleHeld(): void {
  const { places } = useHeld.getState();
  if (places.size === 0) return;
  useFlow.setState((flow) => ({
    nodes: flow.nodes.map((node) => {
      const place = places.get(node.id);
      return place === undefined ? node : { ...node, position: place };
    }),
  }));
}

function heldPlace(change: NodeChange<ElementNode>): readonly (readonly [string, ElementNode["position"]])[] {
  if (change.type !== "position" || change.dragging !== true || change.position === undefined) return [];
  return [[change.id, change.position]];
}

export function changeEdges(changes: EdgeChange<ConnectionEdge>[]): void {
  const wanted = changes.filter(({ type }) => type === "select");
  if (wanted.length > 0) useFlow.setState((flow) => ({ edges: applyEdgeChanges(wanted, [...flow.edges]) }));
}

/** A drag is one edit, at its end. */
export function saveMove(moved: readonly ElementNode[]): void {
  const { elements } = usePlan.getState();
  edit(
    moved.flatMap(({ id, position }) => {
      const element = elements.get(id);
      if (element === undefined) return [];
      // Where it is shown, what has grown above it may have moved it down.
      const shown = shownBoxes([...elements.values()], useCardHeights.getState().heights).find((one) => one.id === id);
      const [x, y] = [Math.round(position.x), Math.round(position.y - (shown?.y ?? element.y) + element.y)];
      return element.x === x && element.y === y ? [] : [{ op: "update_element" as const, id, changes: { x, y } }];
    }),
  );
}

/** Selects these elements and nothing else. */
export function selectOnly(ids: readonly string[]): void {
  useFlow.setState(({ nodes, edges }) => ({
    nodes: nodes.map((node) =>
      node.selected === ids.includes(node.id) ? node : { ...node, selected: ids.includes(node.id) },
    ),
    edges: edges.map((edge) => (edge.selected ? { ...edge, selected: false } : edge)),
  }));
}

export function selectedElements(): readonly string[] {
  return useFlow
    .getState()
    .nodes.filter(({ selected }) => selected)
    .map(({ id }) => id);
}

export function selectedConnections(): readonly string[] {
  return useFlow
    .getState()
    .edges.filter(({ selected }) => selected)
    .map(({ id }) => id);
}

/** Removing is the plan's; sizes that the canvas measures are not the person's. */
function isOwnChange(change: NodeChange<ElementNode>): boolean {
  return (
    change.type === "select" ||
    change.type === "position" ||
    (change.type === "dimensions" && change.resizing !== undefined)
  );
}

/** What the person holds follows the pointer at once. */
function holdStill(node: ElementNode): ElementNode {
  if (!node.dragging && node.resizing === undefined) return node;
  const { className: _gliding, resizing, ...still } = node;
  if (resizing === undefined) return still;
  const handles = handlesOf(node.width ?? 0, node.height ?? 0);
  return resizing ? { ...still, resizing, handles } : { ...still, handles };
}
