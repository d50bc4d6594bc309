import { expect, test } from "bun:test";
import { directRoute, routeBetween, type Route } from "../../../src/canvas/page/canvas/edge-route.ts";
import { estimateSize } from "../../../src/plans/element-size.ts";
import { placeElements } from "../../../src/plans/place-elements.ts";
import type { Connection, PlanElement } from "../../../src/plans/plan.ts";
import { areNear } from "../../../src/plans/rectangles.ts";
import { LARGE_CONNECTIONS, LARGE_ELEMENTS } from "../browser/large-plan.ts";
import { element } from "./sample-plan.ts";

type Shape = readonly [elements: readonly PlanElement[], connections: readonly Connection[]];

/** So many elements, about as high as texts of several lengths are, and an arrow from each to what `next` says. */
function shape(count: number, next: (index: number) => readonly number[]): Shape {
  const elements = Array.from({ length: count }, (_, index) =>
    element(`el_${index}`, { height: 100 + ((index * 7) % 5) * 60, width: 260 + (index % 3) * 40, autoPlaced: true }),
  );
  const connections = elements.flatMap(({ id }, index) =>
    next(index)
      .filter((to) => to !== index && to < count)
      .map((to) => ({ id: `conn_${index}_${to}`, from: id, to: `el_${to}`, label: to % 3 === 0 ? "leads to" : "" })),
  );
  return [elements, connections];
}

const SHAPES: Readonly<Record<string, Shape>> = {
  "the plan of 22 elements": [
    LARGE_ELEMENTS.map((each) => ({ ...each, ...estimateSize(each), x: 0, y: 0, autoPlaced: true })),
    LARGE_CONNECTIONS,
  ],
  "a chain of 12": shape(12, (index) => [index + 1]),
  "a star of 15": shape(16, (index) => (index === 0 ? Array.from({ length: 15 }, (_, ray) => ray + 1) : [])),
  "a tree": shape(22, (index) => [3 * index + 1, 3 * index + 2, 3 * index + 3]),
  "two groups": shape(14, (index) => (index % 7 === 6 ? [] : [index + 1])),
  "a web": shape(14, (index) => [(index * 5) % 14, (index * 3 + 1) % 14]),
};

test.each(Object.keys(SHAPES))("in %s as it is laid out, no line passes under a card it does not belong to", (name) => {
  const [elements, connections] = SHAPES[name]!;
  const places = placeElements(elements, connections);
  const placed = elements.map((each) => ({ ...each, ...places.get(each.id) }));
  const cardOf = (id: string) => placed.find((each) => each.id === id)!;
  const under = connections.flatMap(({ from, to, label }) => {
    const others = placed.filter(({ id }) => id !== from && id !== to);
    const route = routeBetween(cardOf(from), cardOf(to), others, label, elements.indexOf(cardOf(from)));
    return others.filter((card) => passes(route, card)).map(({ id }) => `${from} → ${to} under ${id}`);
  });
  expect(connections.length).toBeGreaterThan(10);
  expect(under).toEqual([]);
});

const box = (x: number, y: number) => ({ x, y, width: 200, height: 100 });

test("a line goes straight where nothing is in the way, or where every way around is long", () => {
  expect(routeBetween(box(0, 0), box(400, 0), [])).toEqual(directRoute(box(0, 0), box(400, 0)));
  const wall = { x: 290, y: -9_000, width: 20, height: 18_000 };
  expect(routeBetween(box(0, 0), box(400, 0), [wall]).path).toBe(directRoute(box(0, 0), box(400, 0)).path);
});

test("a label stands on its line, and over no card where there is room", () => {
  const others = [box(240, 0)];
  const route = routeBetween(box(0, 0), box(480, 0), others, "leads to");
  const label = { x: route.labelX - 40, y: route.labelY - 12, width: 80, height: 24 };
  expect(others.some((card) => areNear(label, card, 0))).toBe(false);
  expect(passes(route, { ...label, width: 81 })).toBe(true);
});

test("lines of different cards that go the same way run beside each other, those of one card together", () => {
  const others = [box(300, 0), box(300, 400)];
  const paths = [0, 1, 0].map((turn) => routeBetween(box(0, 0), box(600, 0), others, "", turn).path);
  expect(paths[0]).toBe(paths[2]);
  expect(paths[1]).not.toBe(paths[0]);
});

/** Whether a path of lines and curves comes into a card. */
function passes({ path }: Route, card: { x: number; y: number; width: number; height: number }): boolean {
  let before = { x: 0, y: 0 };
  for (const { groups } of path.matchAll(/(?<command>[MLQC])(?<numbers>[^MLQC]+)/g)) {
    const numbers = (groups?.["numbers"] ?? "").match(/-?[\d.]+/g)?.map(Number) ?? [];
    const points = numbers.flatMap((x, index) => (index % 2 === 0 ? [{ x, y: numbers[index + 1]! }] : []));
    const ends = groups?.["command"] === "M" ? points : [before, ...points];
    for (let step = 0; step <= 100; step += 1)
      if (areNear({ ...on(ends, step / 100), width: 0, height: 0 }, card, -1)) return true;
    before = points.at(-1)!;
  }
  return false;
}

/** A point on a line or a curve by the points that it is drawn with. */
function on(points: readonly { x: number; y: number }[], part: number): { x: number; y: number } {
  if (points.length === 1) return points[0]!;
  const between = points.slice(1).map((point, index) => ({
    x: points[index]!.x + (point.x - points[index]!.x) * part,
    y: points[index]!.y + (point.y - points[index]!.y) * part,
  }));
  return on(between, part);
}
