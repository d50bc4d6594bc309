import { describe, expect, test } from "bun:test";
import { placeAutomatically } from "../../src/plans/layout.ts";
import type { Connection, PlanElement } from "../../src/plans/plan.ts";
import { areNear, around } from "../../src/plans/rectangles.ts";
import { connection, element } from "./plan-rig.ts";

/** Numbers from 0 to below 1, the same ones for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function graph(seed: number, size: number, placed: number): readonly [readonly PlanElement[], readonly Connection[]] {
  const next = random(seed);
  const elements = Array.from({ length: size }, (_, index) => {
    const box = { width: 200 + Math.floor(next() * 200), height: 80 + Math.floor(next() * 300) };
    const place = { x: (index % 7) * 450, y: Math.floor(index / 7) * 420 };
    return element(`el_${index}`, index < placed ? { ...box, ...place } : { ...box, autoPlaced: true });
  });
  const connections = Array.from({ length: Math.floor(size * next() * 2) }, (_, index) =>
    connection(`conn_${index}`, `el_${Math.floor(next() * size)}`, `el_${Math.floor(next() * size)}`),
  );
  return [elements, connections];
}

function unplaced(count: number): readonly PlanElement[] {
  return Array.from({ length: count }, (_, index) => element(`el_${index}`, { autoPlaced: true }));
}

function laidOut([elements, connections]: readonly [readonly PlanElement[], readonly Connection[]]) {
  const places = placeAutomatically(elements, connections);
  return elements.map((each) => ({ ...each, ...places.get(each.id) }));
}

function overlaps(elements: readonly PlanElement[]): readonly string[] {
  return elements.flatMap((one, index) =>
    elements.slice(index + 1).flatMap((other) => (areNear(one, other, 0) ? [`${one.id} ${other.id}`] : [])),
  );
}

describe("the layout", () => {
  for (const [size, placed] of [
    [1, 0],
    [12, 0],
    [40, 0],
    [40, 15],
    [40, 39],
    [120, 30],
    [300, 0],
    [300, 40],
  ] as const) {
    test(`keeps ${size} elements, ${placed} of them placed by somebody, clear of each other`, () => {
      for (let seed = 1; seed <= 8; seed += 1) expect(overlaps(laidOut(graph(seed, size, placed)))).toEqual([]);
    });
  }

  test.each([
    ["a chain", (index: number) => index + 1],
    ["a tree", (index: number) => index * 3 + 1],
    ["a star", () => 0],
    ["nothing that is connected", () => -1],
  ])("fills the shape of a window with %s, whatever its size", (_what, next) => {
    for (const size of [9, 22, 60, 150]) {
      const [elements] = graph(size, size, 0);
      const connections = elements.flatMap(({ id }, index) => {
        const to = `el_${next(index)}`;
        return to !== id && elements.some((one) => one.id === to) ? [connection(`conn_${index}`, id, to)] : [];
      });
      const { width, height } = around(laidOut([elements, connections]));
      expect({ size, isOfShape: width / height > 1 && width / height < 2.6 }).toEqual({ size, isOfShape: true });
    }
  });

  test("moves nothing that somebody has placed, and gives whole pixels to the rest", () => {
    const [elements, connections] = graph(3, 40, 15);
    const places = placeAutomatically(elements, connections);
    expect([...places.keys()]).toHaveLength(25);
    for (const { id, autoPlaced } of elements) expect(places.has(id)).toBe(autoPlaced === true);
    for (const { x, y } of places.values()) expect([Number.isInteger(x), Number.isInteger(y)]).toEqual([true, true]);
  });

  test("puts what follows to the right of what it follows, at its height", () => {
    const first = element("el_first", { x: 1_000, y: 500 });
    const next = element("el_next", { autoPlaced: true });
    const [, placed] = laidOut([[first, next], [connection("conn_1", "el_first", "el_next")]]);
    expect(placed).toMatchObject({ x: 1_380, y: 500 });
  });

  test("puts what leads to something to the left of it", () => {
    const last = element("el_last", { x: 1_000, y: 500 });
    const before = element("el_before", { autoPlaced: true });
    const [, placed] = laidOut([[last, before], [connection("conn_1", "el_before", "el_last")]]);
    expect(placed).toMatchObject({ x: 620, y: 500 });
  });

  test("puts what is connected to nothing beside what it follows in the plan, a long run of it below everything", () => {
    const there = element("el_there", { x: 100, y: 100 });
    const [, one, two] = laidOut([[there, ...unplaced(2)], []]);
    expect([one?.x, one?.y, two?.x, two?.y]).toEqual([100, 240, 100, 380]);
    const inTheWay = element("el_way", { x: 100, y: 250, height: 900 });
    const [, , beside] = laidOut([[inTheWay, there, ...unplaced(1)], []]);
    expect([beside?.x, beside?.y]).toEqual([440, 100]);
    for (const { y } of laidOut([[there, ...unplaced(6)], []]).slice(1)) expect(y).toBeGreaterThanOrEqual(280);
  });

  test("puts what is connected to nothing beside its neighbour where nothing has a place yet, and what comes first above", () => {
    const ids = ["el_hub", "el_a", "el_alone", "el_b", "el_c"];
    const elements = ids.map((id) => element(id, { autoPlaced: true }));
    const connections = ["el_a", "el_b", "el_c"].map((to) => connection(`conn_${to}`, "el_hub", to));
    const [, a, alone, b, c] = laidOut([elements, connections]);
    expect([alone?.x, b?.x, c?.x]).toEqual([a?.x, a?.x, a?.x]);
    const ys = [a, alone, b, c].map((one) => one?.y ?? 0);
    expect(ys).toEqual(ys.toSorted((one, other) => one - other));
  });

  test("keeps groups apart, and those of one step in one row", () => {
    const elements = unplaced(12);
    const connections = elements.flatMap(({ id }, index) =>
      index === 0 || index === 6 ? [] : [connection(`conn_${index}`, index < 6 ? "el_0" : "el_6", id)],
    );
    const placed = laidOut([elements, connections]);
    const [one, other] = [around(placed.slice(0, 6)), around(placed.slice(6))];
    expect(areNear(one, other, 100)).toBe(false);
    for (const group of [placed.slice(1, 6), placed.slice(7)])
      expect(Math.max(...group.map(({ y }) => y)) - Math.min(...group.map(({ y }) => y))).toBeLessThan(5 * 140);
  });

  test("ends for circles and for an element that is connected to itself", () => {
    const elements = ["el_a", "el_b", "el_c"].map((id) => element(id, { autoPlaced: true }));
    const circle = [
      ["el_a", "el_b"],
      ["el_b", "el_c"],
      ["el_c", "el_a"],
      ["el_a", "el_a"],
    ] as const;
    const connections = circle.map(([from, to], index) => connection(`conn_${index}`, from, to));
    expect(overlaps(laidOut([elements, connections]))).toEqual([]);
  });

  test("ends for places between two pixels, and gives whole ones", () => {
    const first = element("el_first", { x: 0.25, y: -800, height: 1_000 });
    // The way down past it, as computers round it, ends a little above the place where it has been passed.
    const inTheWay = element("el_way", { x: 400, y: -99.6 });
    const next = element("el_next", { height: 1_000, autoPlaced: true });
    const alone = element("el_alone", { autoPlaced: true });
    const elements = [first, inTheWay, next, alone];
    const places = placeAutomatically(elements, [connection("conn_1", "el_first", "el_next")]);
    expect(places.get("el_next")).toEqual({ x: 400, y: 60 });
    expect(places.get("el_alone")).toEqual({ x: 400, y: 1_100 });
  });

  test("gives the same places for the same plan", () => {
    expect(laidOut(graph(5, 60, 10))).toEqual(laidOut(graph(5, 60, 10)));
  });

  test("lays 2,000 elements with 5,000 connections out while a person does not notice", () => {
    const [elements] = graph(1, 2_000, 0);
    const next = random(9);
    const connections = Array.from({ length: 5_000 }, (_, index) =>
      connection(`conn_${index}`, `el_${Math.floor(next() * 2_000)}`, `el_${Math.floor(next() * 2_000)}`),
    );
    const began = performance.now();
    placeAutomatically(elements, connections);
    // 15 ms on an idle machine; dagre would take twenty seconds.
    expect(performance.now() - began).toBeLessThan(1_500);
  });
});
