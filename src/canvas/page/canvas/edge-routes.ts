import type { ElementNode } from "../state/flow-nodes.ts";
import type { Box } from "./edge-geometry.ts";
import { routeBetween, type Route } from "./edge-route.ts";

/** Where the cards are, and the lines between them as far as they were asked for. */
interface Field {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly routes: Map<string, Route>;
  /** Those before a card was moved: the very objects go on where nothing is another. */
  readonly earlier: ReadonlyMap<string, Route>;
}

let known: Field = { boxes: new Map(), routes: new Map(), earlier: new Map() };
let knownNodes: readonly ElementNode[] = [];

/** Where the elements are: the very object while none has moved, since hundreds of lines are drawn by it. */
export function boxesOf(nodes: readonly ElementNode[]): ReadonlyMap<string, Box> {
  return fieldOf(nodes).boxes;
}

/** The line between two elements, worked out once for as long as none has moved; undefined where one is not there. */
export function routeOf(
  nodes: readonly ElementNode[],
  { source, target }: { readonly source: string; readonly target: string },
  label = "",
): Route | undefined {
  const { boxes, routes, earlier } = fieldOf(nodes);
  const key = `${source} ${target} ${label}`;
  const found = routes.get(key);
  if (found !== undefined) return found;
  const [from, to] = [boxes.get(source), boxes.get(target)];
  if (from === undefined || to === undefined) return undefined;
  const others = [...boxes.values()].filter((box) => box !== from && box !== to);
  const route = routeBetween(from, to, others, label, [...boxes.keys()].indexOf(source));
  const before = earlier.get(key);
  const kept = before !== undefined && isSameRoute(before, route) ? before : route;
  routes.set(key, kept);
  return kept;
}

function fieldOf(nodes: readonly ElementNode[]): Field {
  if (nodes === knownNodes) return known;
  knownNodes = nodes;
  const { boxes: before } = known;
  const isSame = nodes.length === before.size && nodes.every((node) => isAt(node, before.get(node.id)));
  if (isSame) return known;
  const boxes = new Map(nodes.map((node): [string, Box] => [node.id, boxOf(node)]));
  known = { boxes, routes: new Map(), earlier: known.routes };
  return known;
}

function boxOf({ position, width = 0, height = 0 }: ElementNode): Box {
  return { x: position.x, y: position.y, width, height };
}

function isAt(node: ElementNode, box: Box | undefined): boolean {
  const { x, y, width, height } = boxOf(node);
  return x === box?.x && y === box.y && width === box.width && height === box.height;
}

function isSameRoute(one: Route, other: Route): boolean {
  return one.path === other.path && one.labelX === other.labelX && one.labelY === other.labelY;
}
