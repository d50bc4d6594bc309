import { graphlib, layout } from "@dagrejs/dagre";
import { columnsOf, inColumns } from "./columns.ts";
import { fillShape } from "./fill-shape.ts";
import type { Connection, PlanElement } from "./plan.ts";
import { around, GAP, wayDown, type Rectangle } from "./rectangles.ts";

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Between the columns: an arrow and its label need more room than two boxes of one column. */
const COLUMN_GAP = 80;
const LABEL_CHARACTER_WIDTH = 7;
const MOST_LABEL_WIDTH = 200;
const LABELLED_GAP = 130;
/** Groups that are connected to nothing stand in rows of at least this width. */
const ROW_WIDTH = 1_600;
/** Of what the groups and the room between them fill, about so much is wasted. */
const WASTE = 1.2;
const SHAPE = 1.6;
const GRID = 20;
/**
 * Boxes and arrows that Dagre lays out, of all groups together. Dagre 3.1.3 takes up to 450 ms for so many without any
 * order in them (a plan that somebody drew takes a fifth) and 1.5 s for 400, and the process does nothing else meanwhile.
 */
const MOST_FOR_DAGRE = 240;

/** Elements that are connected with each other, laid out with the upper left corner at the origin. */
interface Group {
  readonly members: readonly (Rectangle & { readonly id: string })[];
  readonly size: Rectangle;
}

/** Where a group belongs: beside what it is connected to. */
interface Anchor {
  readonly x: number;
  /** Where the middle of the group's connected member should be. */
  readonly middle: number;
  readonly side: "left" | "right";
  readonly memberId: string;
}

/**
 * Places for all elements that nobody has placed: from left to right along the connections, in rows where that would be a
 * strip; near what they are connected to, else below everything; clear of all others.
 *
 * @param rowGap between rows of what is connected to nothing
 * @returns the place of each of them, on whole pixels; the same input gives the same places
 */
export function placeAutomatically(
  elements: readonly PlanElement[],
  connections: readonly Connection[],
  rowGap = GAP,
): ReadonlyMap<string, Place> {
  const free = elements.filter((element) => element.autoPlaced === true);
  const taken: Rectangle[] = elements.filter((element) => element.autoPlaced !== true);
  const fixed = new Map(
    elements.filter((element) => element.autoPlaced !== true).map((element) => [element.id, element]),
  );
  const groups = layOutGroups(free, connections, fixed);
  const anchors = anchorGroups(groups, fixed, connections);
  const places = new Map<string, Place>();

  const settle = (members: Group["members"]): void => {
    const down = onGrid(
      wayDown(
        members,
        taken.toSorted((one, other) => one.y - other.y),
        GAP,
      ),
    );
    const settled = members.map((member) => ({ ...member, y: member.y + down }));
    taken.push(...settled);
    for (const { id, x, y } of settled) places.set(id, { x, y });
  };

  for (const group of groups) {
    const anchor = anchors.get(group);
    if (anchor !== undefined) settle(moveTo(group, besideAnchor(group, anchor)));
  }
  const bounds = around(taken);
  const top = taken.length === 0 ? 0 : Math.ceil(bounds.y + bounds.height) + 2 * GAP;
  settle(
    inRows(
      groups.filter((group) => !anchors.has(group)),
      { x: Math.round(bounds.x), y: top },
      rowGap,
    ),
  );
  return places;
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

/** What stands beside something with a place of its own goes on from there; the rest fills the window's shape. */
function layOutGroups(
  free: readonly PlanElement[],
  connections: readonly Connection[],
  fixed: ReadonlyMap<string, Rectangle>,
): readonly Group[] {
  let left = MOST_FOR_DAGRE;
  return groupsOf(free, connections).map(({ elements, arrows }) => {
    const cost = arrows.length === 0 ? 0 : elements.length + arrows.length;
    const isAffordable = cost > 0 && cost <= left;
    if (isAffordable) left -= cost;
    const ids = new Set(elements.map(({ id }) => id));
    const isAnchored = connections.some(
      ({ from, to }) => (ids.has(from) && fixed.has(to)) || (ids.has(to) && fixed.has(from)),
    );
    if (isAnchored) {
      return groupAt(elements, isAffordable ? byDagre(elements, arrows) : inColumns(elements, arrows, COLUMN_GAP));
    }
    const hasLabels = arrows.some(({ label = "" }) => label !== "");
    const ranks = isAffordable ? ranksOf(elements, byDagre(elements, arrows)) : columnsOf(elements, arrows);
    return groupAt(elements, fillShape(ranks, hasLabels ? LABELLED_GAP : COLUMN_GAP));
  });
}

/** What stands one behind the other: Dagre puts the middles of a rank on one line. */
function ranksOf(
  elements: readonly PlanElement[],
  places: ReadonlyMap<string, Place>,
): readonly (readonly PlanElement[])[] {
  const placeOf = (id: string): Place => places.get(id) ?? { x: 0, y: 0 };
  const ranks = Map.groupBy(elements, ({ id, width }) => Math.round(placeOf(id).x + width / 2));
  return [...ranks]
    .toSorted(([one], [other]) => one - other)
    .map(([, rank]) => rank.toSorted((one, other) => placeOf(one.id).y - placeOf(other.id).y));
}

function groupAt(elements: readonly PlanElement[], places: ReadonlyMap<string, Place>): Group {
  const members = elements.map(({ id, width, height }) => ({
    id,
    width,
    height,
    ...(places.get(id) ?? { x: 0, y: 0 }),
  }));
  const bounds = around(members);
  return moveGroup(members, { x: -bounds.x, y: -bounds.y });
}

function byDagre(elements: readonly PlanElement[], connections: readonly Connection[]): ReadonlyMap<string, Place> {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: GAP, ranksep: COLUMN_GAP, edgesep: GAP / 2 });
  for (const { id, width, height } of elements) graph.setNode(id, { width, height });
  for (const { id, from, to, label = "" } of connections) {
    const width = Math.min(label.length * LABEL_CHARACTER_WIDTH, MOST_LABEL_WIDTH);
    graph.setEdge(from, to, { width, height: label === "" ? 0 : GRID, labelpos: "c" }, id);
  }
  layout(graph);
  return new Map(
    elements.map(({ id, width, height }) => {
      const { x = 0, y = 0 } = graph.node(id);
      return [id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}

/** Rounding moves two neighbours towards each other by a pixel at most. */
function moveGroup(members: Group["members"], by: Place): Group {
  const moved = members.map((member) => ({
    ...member,
    x: Math.round(member.x + by.x),
    y: Math.round(member.y + by.y),
  }));
  return { members: moved, size: around(moved) };
}

function moveTo({ members }: Group, to: Place): Group["members"] {
  return members.map((member) => ({ ...member, x: member.x + to.x, y: member.y + to.y }));
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

/** Where the groups belong that are connected to something with a place of its own. */
function anchorGroups(
  groups: readonly Group[],
  fixed: ReadonlyMap<string, Rectangle>,
  connections: readonly Connection[],
): ReadonlyMap<Group, Anchor> {
  const groupOf = new Map(groups.flatMap((group) => group.members.map((member) => [member.id, group] as const)));
  const anchors = new Map<Group, Anchor>();
  for (const { from, to } of connections) {
    const [source, target] = [fixed.get(from), fixed.get(to)];
    const [before, after] = [groupOf.get(from), groupOf.get(to)];
    if (source !== undefined && after !== undefined) {
      // What follows stands to the right of all that it follows, beside the first.
      const x = Math.max(source.x + source.width + COLUMN_GAP, rightOf(anchors.get(after)));
      const earlier = anchors.get(after);
      const first = earlier?.side === "right" ? earlier : { middle: middleOf(source), memberId: to };
      anchors.set(after, { ...first, x, side: "right" });
    } else if (target !== undefined && before !== undefined && !anchors.has(before)) {
      anchors.set(before, { x: target.x - COLUMN_GAP, middle: middleOf(target), memberId: from, side: "left" });
    }
  }
  return anchors;
}

function rightOf(anchor: Anchor | undefined): number {
  return anchor?.side === "right" ? anchor.x : -Infinity;
}

function middleOf({ y, height }: Rectangle): number {
  return y + height / 2;
}

function besideAnchor({ members, size }: Group, { x, middle, side, memberId }: Anchor): Place {
  const member = members.find(({ id }) => id === memberId);
  const y = middle - (member === undefined ? 0 : middleOf(member));
  return { x: onGrid(side === "right" ? x : x - size.width), y: Math.round(y) };
}

/** Groups one beside the other, in rows. */
function inRows(groups: readonly Group[], from: Place, rowGap: number): Group["members"] {
  const area = groups.reduce((sum, { size }) => sum + (size.width + GAP) * (size.height + GAP), 0);
  const widest = Math.max(0, ...groups.map(({ size }) => size.width));
  const rowWidth = Math.max(ROW_WIDTH, widest, Math.sqrt(area * SHAPE * WASTE));
  let { x, y } = from;
  let rowHeight = 0;
  return groups.flatMap((group) => {
    if (x > from.x && x + group.size.width > from.x + rowWidth) {
      x = from.x;
      y += rowHeight + rowGap;
      rowHeight = 0;
    }
    const placed = moveTo(group, { x, y });
    x += group.size.width + GAP;
    rowHeight = Math.max(rowHeight, group.size.height);
    return placed;
  });
}

function onGrid(value: number): number {
  return Math.ceil(value / GRID) * GRID;
}
