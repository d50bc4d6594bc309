import { graphlib, layout } from "@dagrejs/dagre";
import { columnsOf, inColumns } from "./columns.ts";
import { fillShape, type Box } from "./fill-shape.ts";
import type { LoneElements } from "./lone-elements.ts";
import type { Connection, PlanElement } from "./plan.ts";
import { around, GAP, type Rectangle } from "./rectangles.ts";

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Between the columns: an arrow and its label need more room than two boxes of one column. */
export const COLUMN_GAP = 80;
const LABEL_CHARACTER_WIDTH = 7;
const MOST_LABEL_WIDTH = 200;
const LABEL_HEIGHT = 20;
const LABELLED_GAP = 130;
/**
 * Boxes and arrows that Dagre lays out, of all groups together. Dagre 3.1.3 takes up to 450 ms for so many without any
 * order in them (a plan that somebody drew takes a fifth) and 1.5 s for 400, and the process does nothing else meanwhile.
 */
const MOST_FOR_DAGRE = 240;

/** Elements that belong together, with the upper left corner at the origin. */
export interface LaidOut {
  readonly members: readonly (Rectangle & { readonly id: string })[];
  readonly size: Rectangle;
}

export interface Group {
  readonly elements: readonly PlanElement[];
  /** @param shape width to height, as far as it can be had */
  readonly layOut: (shape: number) => LaidOut;
}

/**
 * What is connected with each other, each with what belongs to it, and what is not: groups in the order of the plan. One
 * that stands beside something with a place of its own goes on from there; the rest fills the window's shape.
 *
 * @param free what is connected to something, or stands for itself
 */
export function layOutGroups(
  free: readonly PlanElement[],
  connections: readonly Connection[],
  lone: LoneElements,
  fixed: ReadonlyMap<string, Rectangle>,
): readonly Group[] {
  let left = MOST_FOR_DAGRE;
  const connected = groupsOf(free, connections).map(({ elements, arrows }) => {
    const cost = arrows.length === 0 ? 0 : elements.length + arrows.length;
    const isAffordable = cost > 0 && cost <= left;
    if (isAffordable) left -= cost;
    const ids = new Set(elements.map(({ id }) => id));
    const isAnchored = connections.some(
      ({ from, to }) => (ids.has(from) && fixed.has(to)) || (ids.has(to) && fixed.has(from)),
    );
    if (isAnchored) {
      const places = isAffordable ? byDagre(elements, arrows) : inColumns(elements, arrows, COLUMN_GAP);
      return { elements, layOut: () => placed(elements, places) };
    }
    const hasLabels = arrows.some(({ label = "" }) => label !== "");
    const ranks = isAffordable ? ranksOf(elements, byDagre(elements, arrows)) : columnsOf(elements, arrows);
    const all = ranks.map((rank) => rank.flatMap((element) => [element, ...(lone.companions.get(element.id) ?? [])]));
    const gap = hasLabels ? LABELLED_GAP : COLUMN_GAP;
    return { elements, layOut: (shape: number) => placed(all.flat(), fillShape(all, gap, { shape })) };
  });
  const others = lone.groups.map((elements) => ({
    elements,
    layOut: (shape: number) => placed(elements, fillShape([elements], COLUMN_GAP, { shape, align: "start" })),
  }));
  return [...connected, ...others];
}

/** Each set of elements that are connected with each other is a group, in the order of their first elements. */
function groupsOf(
  free: readonly PlanElement[],
  connections: readonly Connection[],
): readonly { readonly elements: readonly PlanElement[]; readonly arrows: readonly Connection[] }[] {
  const ids = new Set(free.map((element) => element.id));
  const inner = connections.filter(({ from, to }) => from !== to && ids.has(from) && ids.has(to));
  const groupOf = groupTogether([...ids], inner);
  const members = Map.groupBy(free, (element) => groupOf.get(element.id));
  const arrows = Map.groupBy(inner, (connection) => groupOf.get(connection.from));
  return [...members].map(([group, elements]) => ({ elements, arrows: arrows.get(group) ?? [] }));
}

/**
 * What stands one behind the other: Dagre puts the middles of a rank on one line. Upside down it is as good; what comes
 * first in the plan stands above.
 */
function ranksOf(
  elements: readonly PlanElement[],
  places: ReadonlyMap<string, Place>,
): readonly (readonly PlanElement[])[] {
  const placeOf = (id: string): Place => places.get(id) ?? { x: 0, y: 0 };
  const ranks = Map.groupBy(elements, ({ id, width }) => Math.round(placeOf(id).x + width / 2));
  const ordered = [...ranks]
    .toSorted(([one], [other]) => one - other)
    .map(([, rank]) => rank.toSorted((one, other) => placeOf(one.id).y - placeOf(other.id).y));
  const order = new Map(elements.map((element, index) => [element, index]));
  const goesDown = ordered.flatMap((rank) =>
    rank
      .slice(1)
      .map((element, index) => Math.sign((order.get(element) ?? 0) - (order.get(rank[index] ?? element) ?? 0))),
  );
  const isUpsideDown = goesDown.reduce((sum, step) => sum + step, 0) < 0;
  return isUpsideDown ? ordered.map((rank) => rank.toReversed()) : ordered;
}

/** Rounding moves two neighbours towards each other by a pixel at most. */
function placed(elements: readonly Box[], places: ReadonlyMap<string, Place>): LaidOut {
  const boxes = elements.map(({ id, width, height }) => ({ id, width, height, ...(places.get(id) ?? { x: 0, y: 0 }) }));
  const { x: left, y: top } = around(boxes);
  const members = boxes.map(({ x, y, ...box }) => ({ ...box, x: Math.round(x - left), y: Math.round(y - top) }));
  return { members, size: around(members) };
}

function byDagre(elements: readonly PlanElement[], connections: readonly Connection[]): ReadonlyMap<string, Place> {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: GAP, ranksep: COLUMN_GAP, edgesep: GAP / 2 });
  for (const { id, width, height } of elements) graph.setNode(id, { width, height });
  for (const { id, from, to, label = "" } of connections) {
    const width = Math.min(label.length * LABEL_CHARACTER_WIDTH, MOST_LABEL_WIDTH);
    graph.setEdge(from, to, { width, height: label === "" ? 0 : LABEL_HEIGHT, labelpos: "c" }, id);
  }
  layout(graph);
  return new Map(
    elements.map(({ id, width, height }) => {
      const { x = 0, y = 0 } = graph.node(id);
      return [id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}

/** Which group each id is in, named by one of its ids. */
function groupTogether(ids: readonly string[], connections: readonly Connection[]): ReadonlyMap<string, string> {
  const parents = new Map(ids.map((id) => [id, id]));
  const rootOf = (id: string): string => {
    let root = id;
    for (let parent = parents.get(root); parent !== undefined && parent !== root; parent = parents.get(root))
      root = parent;
    parents.set(id, root);
    return root;
  };
  for (const { from, to } of connections) parents.set(rootOf(from), rootOf(to));
  return new Map(ids.map((id) => [id, rootOf(id)]));
}
