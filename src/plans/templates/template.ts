import { estimateSize } from "../element-size.ts";
import { hasField, type ElementType } from "../element-kinds.ts";
import type { Connection, PlanElement } from "../plan.ts";
import { GAP } from "../rectangles.ts";

/** What a new plan starts with. */
export interface Template {
  /** What it is for, for a list of templates. */
  readonly description: string;
  readonly elements: readonly PlanElement[];
  readonly connections: readonly Connection[];
}

/** An element that stands where its column has room. */
export interface TemplateElement {
  readonly id: `el_${string}`;
  readonly type: ElementType;
  readonly title: string;
  /** Its lines. */
  readonly content: readonly string[];
  readonly height?: number;
  readonly language?: string;
}

/** Room for an arrow and its label. */
const COLUMN_GAP = 2 * GAP;

/** Elements in columns from left to right, each column as wide as its widest element. */
export function inTemplateColumns(...columns: readonly (readonly TemplateElement[])[]): readonly PlanElement[] {
  let x = 0;
  return columns.flatMap((column) => {
    const width = Math.max(...column.map((element) => estimateSize({ type: element.type }).width));
    const placed = stack(column, x, width);
    x += width + COLUMN_GAP;
    return placed;
  });
}

function stack(column: readonly TemplateElement[], x: number, width: number): readonly PlanElement[] {
  let y = 0;
  return column.map((element) => {
    const content = element.content.join("\n");
    const height = element.height ?? estimateSize({ ...element, content }, width).height;
    const placed = { ...element, content, x, y, width, height, ...(hasField(element, "done") && { done: false }) };
    y += height + GAP;
    return placed;
  });
}

/** An arrow of a template, from one element to another. */
export function arrow(from: `el_${string}`, to: `el_${string}`, label?: string): Connection {
  const id = `conn_${from.slice("el_".length)}_${to.slice("el_".length)}`;
  return { id, from, to, ...(label !== undefined && { label }) };
}
