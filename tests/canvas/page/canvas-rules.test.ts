import { expect, test } from "bun:test";
import { edgeEnds } from "../../../src/canvas/page/canvas/edge-geometry.ts";
import { flowEdges, flowNodes } from "../../../src/canvas/page/state/flow-nodes.ts";
import { freePlace } from "../../../src/canvas/page/canvas/free-place.ts";
import { commandOf } from "../../../src/canvas/page/canvas/key-commands.ts";
import { fenced } from "../../../src/canvas/page/elements/fenced.ts";
import { safeLink } from "../../../src/canvas/page/elements/safe-link.ts";
import { findElements } from "../../../src/canvas/page/elements/find-elements.ts";
import { element, samplePlan } from "./sample-plan.ts";

test("an arrow runs between the sides that face each other", () => {
  const box = { x: 0, y: 0, width: 100, height: 100 };
  expect(edgeEnds(box, { ...box, x: 300, y: 50 })).toMatchObject({
    sourceX: 100,
    sourceY: 50,
    targetX: 300,
    targetY: 100,
  });
  expect(edgeEnds({ ...box, x: 300 }, box)).toMatchObject({ sourcePosition: "left", targetPosition: "right" });
  expect(edgeEnds(box, { ...box, y: 300 })).toMatchObject({ sourcePosition: "bottom", targetPosition: "top" });
  expect(edgeEnds({ ...box, y: 300 }, box)).toMatchObject({ sourcePosition: "top", targetPosition: "bottom" });
});

test("a node that says the same is the very object; what the person holds stays where it is held; what others move glides", () => {
  const { elements } = samplePlan();
  const [a, b, c] = flowNodes(elements, []);
  const held = { ...b!, dragging: true, position: { x: 1, y: 2 } };
  const moved = elements.map((one) => ({ ...one, x: one.id === "el_a" ? one.x : one.x + 50 }));
  const after = flowNodes(moved, [a!, held, c!]);
  expect(after[0]).toBe(a);
  expect(after[1]).toBe(held);
  expect(after[2]).toMatchObject({ position: { x: 850 }, className: "gliding" });
  expect(a?.className).toBeUndefined();
});

test("what is selected stays selected when its element changes", () => {
  const [node] = flowNodes([element("el_a")], []);
  const [after] = flowNodes([element("el_a", { title: "new" })], [{ ...node!, selected: true }]);
  expect(after).toMatchObject({ selected: true, ariaLabel: "Text: new" });
});

test("a connection without one of its ends is not drawn", () => {
  const { connections, elements } = samplePlan();
  const known = new Map(elements.map((one) => [one.id, one]));
  expect(flowEdges(connections, known, []).map(({ id }) => id)).toEqual(["conn_ab", "conn_ba"]);
  known.delete("el_b");
  expect(flowEdges(connections, known, [])).toEqual([]);
});

test("a new element covers no other, and is as near as there is room", () => {
  const size = { width: 100, height: 100 };
  expect(freePlace({ x: 50, y: 50 }, size, [])).toEqual({ x: 0, y: 0 });
  const taken = [{ x: 0, y: 0, ...size }];
  const { x, y } = freePlace({ x: 50, y: 50 }, size, taken);
  expect(Math.max(Math.abs(x), Math.abs(y))).toBe(120);
});

const NO_MODIFIER = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

test.each([
  [{ key: "ArrowLeft" }, { kind: "move", dx: -10, dy: 0 }],
  [
    { key: "ArrowDown", shiftKey: true },
    { kind: "move", dx: 0, dy: 1 },
  ],
  [{ key: "z", ctrlKey: true }, { kind: "undo" }],
  [{ key: "Z", metaKey: true, shiftKey: true }, { kind: "redo" }],
  [{ key: "Backspace" }, { kind: "delete" }],
  [{ key: "?", shiftKey: true }, { kind: "help" }],
  [{ key: "c" }, { kind: "comment" }],
  [{ key: "c", ctrlKey: true }, null],
  [{ key: "constructor" }, null],
  [{ key: "Tab" }, null],
])("the key %j asks for %j", (key, command) => {
  expect(commandOf({ ...NO_MODIFIER, ...key })).toEqual(command as never);
});

test.each([
  ["https://example.org/a", "https://example.org/a"],
  ["mailto:a@example.org", "mailto:a@example.org"],
  ["javascript:alert(1)", null],
  ["data:text/html,<script>", null],
  ["/etc/passwd", null],
  [undefined, null],
])("the link %p opens %p", (address, opened) => {
  expect(safeLink(address)).toBe(opened);
});

test("code cannot end its own block, and a language cannot begin another line", () => {
  expect(fenced("a\n````\nb", "ts")).toBe("`````ts\na\n````\nb\n`````");
  expect(fenced("x", "ts\n<b>")).toBe("```tsb\nx\n```");
});

test("elements are found by all their words, those with them in the title first", () => {
  const elements = [
    element("el_1", { title: "Other", content: "the token column" }),
    element("el_2", { title: "Token column" }),
  ];
  expect(findElements(elements, "column TOKEN").map(({ id }) => id)).toEqual(["el_2", "el_1"]);
  expect(findElements(elements, "nothing")).toEqual([]);
});
