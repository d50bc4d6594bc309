import { fillShape } from "./fill-shape.ts";
import type { Place } from "./group-layout.ts";
import { placeAutomatically } from "./layout.ts";
import type { Connection, PlanElement } from "./plan.ts";
import { around, GAP, wayDown } from "./rectangles.ts";
import { sectionOf, SECTION_ROOM } from "./sections.ts";

const BETWEEN_COLUMNS = 60;

/**
 * {@link placeAutomatically}, with what belongs to one section together: each section is laid out by itself and placed
 * as one box; what comes to a section that has its place stands below the rest of it.
 */
export function placeElements(
  elements: readonly PlanElement[],
  connections: readonly Connection[],
): ReadonlyMap<string, Place> {
  const sections = Map.groupBy(elements.filter(sectionOf), (element) => sectionOf(element) ?? "");
  const open = [...sections.values()].filter((members) => members.some(isFree));
  if (open.length === 0) return placeAutomatically(elements, connections);
  const places = new Map<string, Place>();
  const inside = new Map<string, ReadonlyMap<string, Place>>();
  const unitOf = new Map<string, string>();
  const units: PlanElement[] = [];
  for (const [name, members] of sections) {
    const free = members.filter(isFree);
    if (free.length < members.length) continue;
    const own = placesInside(members, connections);
    const box = around(members.map((member) => ({ ...member, ...own.get(member.id) })));
    const id = `section ${name}`;
    inside.set(id, new Map([...own].map(([key, { x, y }]) => [key, { x: x - box.x, y: y - box.y }])));
    for (const member of members) unitOf.set(member.id, id);
    units.push({
      ...{ id, type: "text", title: name, content: "", x: 0, y: 0, autoPlaced: true },
      width: box.width + 2 * SECTION_ROOM.side,
      height: box.height + SECTION_ROOM.top + SECTION_ROOM.side,
    });
  }
  const late = open.flatMap((members) => (members.every(isFree) ? [] : placeBelow(members, elements)));
  const settled = new Map(late);
  const unitsLeft = new Map(units.map((unit) => [unit.id, unit]));
  // Each section comes where the first of its elements does.
  const outer = elements.flatMap((element): readonly PlanElement[] => {
    const unit = unitOf.get(element.id);
    if (unit === undefined) {
      const place = settled.get(element.id);
      return [place === undefined ? element : { ...element, ...place, autoPlaced: false }];
    }
    const first = unitsLeft.get(unit);
    unitsLeft.delete(unit);
    return first === undefined ? [] : [first];
  });
  const lifted = connections.map((connection) => ({
    ...connection,
    from: unitOf.get(connection.from) ?? connection.from,
    to: unitOf.get(connection.to) ?? connection.to,
  }));
  const placed = placeAutomatically(outer, lifted, new Set(units.map(({ id }) => id)));
  for (const [id, place] of [...settled, ...placed]) {
    const members = inside.get(id);
    if (members === undefined) places.set(id, place);
    for (const [member, { x, y }] of members ?? [])
      places.set(member, { x: place.x + SECTION_ROOM.side + x, y: place.y + SECTION_ROOM.top + y });
  }
  return places;
}

function isFree({ autoPlaced }: PlanElement): boolean {
  return autoPlaced === true;
}

/** Without arrows they are read column by column, in the order in which they came. */
function placesInside(members: readonly PlanElement[], connections: readonly Connection[]): ReadonlyMap<string, Place> {
  const ids = new Set(members.map(({ id }) => id));
  const inner = connections.filter(({ from, to }) => ids.has(from) && ids.has(to));
  return inner.length === 0
    ? fillShape([members], BETWEEN_COLUMNS, { align: "start" })
    : placeAutomatically(members, inner);
}

function placeBelow(members: readonly PlanElement[], all: readonly PlanElement[]): (readonly [string, Place])[] {
  const fixed = members.filter(({ autoPlaced }) => autoPlaced !== true);
  const others = all.filter(({ autoPlaced }) => autoPlaced !== true).toSorted((one, other) => one.y - other.y);
  const { x, y, height } = around(fixed);
  let top = y + height + GAP;
  return members.flatMap((member) => {
    if (member.autoPlaced !== true) return [];
    const box = { ...member, x, y: top };
    const down = wayDown([box], others, GAP);
    top += down + member.height + GAP;
    return [[member.id, { x: Math.round(x), y: Math.round(box.y + down) }] as const];
  });
}
