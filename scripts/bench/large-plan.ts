import type { Operation } from "../../src/plans/operations.ts";
import { ELEMENT_TYPES } from "../../src/plans/element-kinds.ts";

export const ELEMENTS = 500;
export const CONNECTIONS = 800;

const COLUMNS = 25;
/** Those without a drawing or a picture: they are of the browser, not of the canvas. */
const TYPES = ELEMENT_TYPES.filter((type) => type !== "diagram" && type !== "image");
const CONTENT =
  "What is **done** here, in `src/example.ts`:\n\n- one thing\n- and another, [explained](https://example.org)";

/** What makes a plan of {@link ELEMENTS} elements in rows, and {@link CONNECTIONS} connections between neighbours. */
export function largePlan(): Operation[] {
  const elements = Array.from({ length: ELEMENTS }, (_, index): Operation => {
    const place = { x: (index % COLUMNS) * 360, y: Math.floor(index / COLUMNS) * 260, width: 280, height: 180 };
    const type = TYPES[index % TYPES.length] ?? "text";
    return {
      op: "add_element",
      element: { id: idOf(index), type, title: `Step ${index}`, content: CONTENT, ...place },
    };
  });
  const connections = Array.from({ length: CONNECTIONS }, (_, index): Operation => {
    // First to the right, then downwards.
    const [from, to] =
      index < ELEMENTS - 1 ? [index, index + 1] : [index - ELEMENTS + 1, index - ELEMENTS + 1 + COLUMNS];
    const connection = { id: `conn_${index}`, from: idOf(from), to: idOf(to), label: index % 5 === 0 ? "then" : "" };
    return { op: "add_connection", connection };
  });
  return [...elements, ...connections];
}

export function idOf(index: number): string {
  return `el_${index}`;
}
