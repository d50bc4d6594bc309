import { fillShape, SHAPE } from "./fill-shape.ts";
import { COLUMN_GAP, layOutGroups, type Group, type LaidOut, type Place } from "./group-layout.ts";
import { loneElements } from "./lone-elements.ts";
import type { Connection, PlanElement } from "./plan.ts";
import { around, GAP, wayDown, type Rectangle } from "./rectangles.ts";

/** Between groups side by side: they are seen to be two. */
const GROUP_GAP = 140;
/** A chain is read best in rows as wide as the window: shorter ones have to be worth it. */
const MUCH_LESS = 0.85;
const GRID = 20;

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
 * strip; near what they are connected to or, where that is nothing, what they follow in the plan; else below everything;
 * clear of all others.
 *
 * @param blocks ids of elements that belong to no other one, connected or not
 * @returns the place of each of them, on whole pixels; the same input gives the same places
 */
export function placeAutomatically(
  elements: readonly PlanElement[],
  connections: readonly Connection[],
  blocks: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, Place> {
  const fixed = new Map(
    elements.filter((element) => element.autoPlaced !== true).map((element) => [element.id, element]),
  );
  const lone = loneElements(elements, connections, blocks);
  const apart = new Set([...lone.companions.values(), ...lone.groups].flat());
  const free = elements.filter((element) => !fixed.has(element.id) && !apart.has(element));
  const groups = layOutGroups(free, connections, lone, fixed);
  const anchors = anchorGroups(groups, fixed, connections);
  const places = new Map<string, Place>();
  const boxes = new Map<string, Rectangle>(fixed);

  const settle = (members: LaidOut["members"]): void => {
    const down = onGrid(wayDown(members, byTop(boxes.values()), GAP));
    for (const member of members) {
      const place = { x: member.x, y: member.y + down };
      places.set(member.id, place);
      boxes.set(member.id, { ...member, ...place });
    }
  };

  for (const group of groups) {
    const anchor = anchors.get(group);
    if (anchor === undefined) continue;
    const laidOut = group.layOut(SHAPE);
    settle(moveTo(laidOut, besideAnchor(laidOut, anchor)));
  }
  for (const [owner, companions] of lone.companions) {
    let beside = boxes.get(owner);
    for (const companion of companions) {
      // What belongs to one that has no place yet is laid out with it.
      if (beside !== undefined) settle([besideBox(companion, beside, byTop(boxes.values()))]);
      beside = boxes.get(companion.id);
    }
  }
  const bounds = around(boxes.values());
  const top = boxes.size === 0 ? 0 : Math.ceil(bounds.y + bounds.height) + 2 * GAP;
  const order = new Map(elements.map(({ id }, index) => [id, index]));
  const firstOf = (group: Group) => Math.min(...group.elements.map(({ id }) => order.get(id) ?? 0));
  const below = groups.filter((group) => !anchors.has(group)).toSorted((one, other) => firstOf(one) - firstOf(other));
  settle(inRows(below, { x: Math.round(bounds.x), y: top }));
  return places;
}

/** Below a box or to its right, where there is room sooner. */
function besideBox(element: PlanElement, beside: Rectangle, taken: readonly Rectangle[]): LaidOut["members"][number] {
  const { id, width, height } = element;
  const [x, y] = [Math.round(beside.x), Math.round(beside.y)];
  const [best] = [
    { x, y: Math.round(beside.y + beside.height) + GAP },
    { x: Math.round(beside.x + beside.width) + GAP, y },
  ]
    .map((place) => {
      const box = { id, ...place, width, height };
      const down = onGrid(wayDown([box], taken, GAP));
      return { box: { ...box, y: box.y + down }, down };
    })
    .toSorted((one, other) => one.down - other.down);
  return best?.box ?? element;
}

function byTop(boxes: Iterable<Rectangle>): readonly Rectangle[] {
  return [...boxes].toSorted((one, other) => one.y - other.y);
}

function moveTo({ members }: LaidOut, to: Place): LaidOut["members"] {
  return members.map((member) => ({ ...member, x: member.x + to.x, y: member.y + to.y }));
}

/** Where the groups belong that are connected to something with a place of its own. */
function anchorGroups(
  groups: readonly Group[],
  fixed: ReadonlyMap<string, Rectangle>,
  connections: readonly Connection[],
): ReadonlyMap<Group, Anchor> {
  const groupOf = new Map(groups.flatMap((group) => group.elements.map(({ id }) => [id, group] as const)));
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

function besideAnchor({ members, size }: LaidOut, { x, middle, side, memberId }: Anchor): Place {
  const member = members.find(({ id }) => id === memberId);
  const y = middle - (member === undefined ? 0 : middleOf(member));
  return { x: onGrid(side === "right" ? x : x - size.width), y: Math.round(y) };
}

/** Groups one beside the other, in rows that fill the window's shape; where that helps much, each narrower than it. */
function inRows(groups: readonly Group[], from: Place): LaidOut["members"] {
  const [wide, narrow] = [SHAPE, SHAPE / 2].map((shape) => rowsOf(groups.map((group) => group.layOut(shape))));
  const best = groups.length > 1 && sideOf(narrow ?? []) < sideOf(wide ?? []) * MUCH_LESS ? narrow : wide;
  return (best ?? []).map((member) => ({ ...member, x: from.x + member.x, y: from.y + member.y }));
}

function rowsOf(groups: readonly LaidOut[]): LaidOut["members"] {
  const boxes = groups.map(({ size }, index) => [{ ...size, id: String(index) }]);
  const places = fillShape(boxes, GROUP_GAP, { align: "start" });
  return groups.flatMap((group, index) => moveTo(group, places.get(String(index)) ?? { x: 0, y: 0 }));
}

/** How high the window has to be that they fill. */
function sideOf(members: LaidOut["members"]): number {
  const { width, height } = around(members);
  return Math.max(width / SHAPE, height);
}

function onGrid(value: number): number {
  return Math.ceil(value / GRID) * GRID;
}
