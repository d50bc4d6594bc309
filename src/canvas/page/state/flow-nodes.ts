import { Position, type Edge, type Node, type NodeHandle } from "@xyflow/react";
import type { Connection, PlanElement } from "../../../plans/plan.ts";
import { typeName } from "../../../plans/element-kinds.ts";
import { titleWords } from "./title-words.ts";
import { visibleText } from "./visible-text.ts";

export type ElementNode = Node<Record<string, never>, "element">;
export type ConnectionEdge = Edge<Record<string, never>, "connection">;

const NO_DATA: Record<string, never> = {};
const HANDLE_SIZE = 12;
/** Cards lie over the names of sections, which lie over the lines. */
const ABOVE_NAMES = 1;

/**
 * The elements as the canvas draws them. A node that says the same as before stays the very object; one that the person
 * holds stays where they hold it; one that moves on its own glides.
 */
export function flowNodes(elements: readonly PlanElement[], before: readonly ElementNode[]): readonly ElementNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const nodes = elements.map((element) => flowNode(element, known.get(element.id)));
  return nodes.length === before.length && nodes.every((node, index) => node === before[index]) ? before : nodes;
}

function flowNode(element: PlanElement, before: ElementNode | undefined): ElementNode {
  if (before?.dragging === true || before?.resizing === true) return before;
  const label = `${visibleText(typeName(element.type))}: ${titleWords(element.title) || "untitled"}`;
  const moved = before !== undefined && (before.position.x !== element.x || before.position.y !== element.y);
  const resized = before !== undefined && (before.width !== element.width || before.height !== element.height);
  if (before !== undefined && !moved && !resized && before.ariaLabel === label) return before;
  const { x, y, width, height } = element;
  return {
    id: element.id,
    type: "element",
    position: { x, y },
    width,
    height,
    // Said here, the canvas need not measure: neither the box nor where its handles are.
    measured: { width, height },
    handles: handlesOf(width, height),
    data: NO_DATA,
    zIndex: ABOVE_NAMES,
    ariaLabel: label,
    selected: before?.selected ?? false,
    domAttributes: { ["data-testid" as "id"]: `element-${element.id}` } as object,
    ...(moved ? { className: "gliding" } : {}),
  };
}

export const SIDES = [Position.Top, Position.Right, Position.Bottom, Position.Left];

/** Where the handles of an element of that size are. */
export function handlesOf(width: number, height: number): NodeHandle[] {
  const half = HANDLE_SIZE / 2;
  const places = {
    top: [width / 2, 0],
    right: [width, height / 2],
    bottom: [width / 2, height],
    left: [0, height / 2],
  } as const;
  return SIDES.map((side) => ({
    id: side,
    type: "source",
    position: side,
    x: places[side][0] - half,
    y: places[side][1] - half,
    width: HANDLE_SIZE,
    height: HANDLE_SIZE,
  }));
}

/** The connections as the canvas draws them, the very objects where nothing is another; those with an end that is not there are left out. */
export function flowEdges(
  connections: readonly Connection[],
  elements: ReadonlyMap<string, PlanElement>,
  before: readonly ConnectionEdge[],
): readonly ConnectionEdge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const edges = connections
    .filter(({ from, to }) => elements.has(from) && elements.has(to))
    .map((connection): ConnectionEdge => {
      const { id, from, to } = connection;
      const label = edgeLabel(connection, elements);
      const old = known.get(id);
      if (old !== undefined && old.source === from && old.target === to && old.ariaLabel === label) return old;
      return {
        id,
        type: "connection",
        source: from,
        target: to,
        sourceHandle: "top",
        targetHandle: "top",
        ariaLabel: label,
        data: NO_DATA,
        selected: old?.selected ?? false,
      };
    });
  return edges.length === before.length && edges.every((edge, index) => edge === before[index]) ? before : edges;
}

function edgeLabel({ from, to, label }: Connection, elements: ReadonlyMap<string, PlanElement>): string {
  const title = (id: string) => titleWords(elements.get(id)?.title ?? "") || "untitled";
  return `Connection from ${title(from)} to ${title(to)}${label ? `: ${titleWords(label)}` : ""}`;
}
