import { estimateSize } from "../../../plans/element-size.ts";
import type { Operation } from "../../../plans/operations.ts";
import type { ElementType } from "../../../plans/element-kinds.ts";
import type { PlanElement } from "../../../plans/plan.ts";
import { around } from "../../../plans/rectangles.ts";
import { startEditing } from "../elements/editing.ts";
import { commentOn } from "../elements/text-selection-bar.tsx";
import { markedText } from "../elements/text-selection.ts";
import { shrinkImage } from "../elements/shrink-image.ts";
import { notify } from "../sync/notices.ts";
import { usePage } from "../state/page-state.ts";
import { isDocument } from "../state/view.ts";
import { newId } from "../sync/new-id.ts";
import { edit } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { selectedConnections, selectedElements, selectOnly } from "../state/flow-store.ts";
import type { Point } from "./edge-geometry.ts";
import { freePlace } from "./free-place.ts";

const COPY_OFFSET = 40;

/** Adds an element with its middle there, or as near as there is room, and starts to write its title. */
export function addElement(type: ElementType, middle: Point, rest: Partial<PlanElement> = {}): void {
  const { plan } = usePlan.getState();
  if (plan === null) return;
  const size = rest.width && rest.height ? { width: rest.width, height: rest.height } : estimateSize({ type });
  const place = freePlace(middle, size, plan.elements);
  const element = { id: newId("el"), type, title: "", content: "", ...rest, ...size, ...place };
  edit([{ op: "add_element", element }]);
  selectOnly([element.id]);
  if (rest.content === undefined) startEditing(element, "title");
}

/** Deletes what is selected, with the connections of the elements. */
export function deleteSelected(): void {
  const elements = selectedElements();
  const { connections } = usePlan.getState();
  const alone = selectedConnections().filter((id) => {
    const ends = connections.get(id);
    return ends !== undefined && !elements.includes(ends.from) && !elements.includes(ends.to);
  });
  edit([
    ...alone.map((id): Operation => ({ op: "delete_connection", id })),
    ...elements.map((id): Operation => ({ op: "delete_element", id })),
  ]);
}

/** Copies what is selected, with the connections between. */
export function duplicateSelected(): void {
  const { elements, plan } = usePlan.getState();
  const copies = new Map(selectedElements().map((id) => [id, newId("el")]));
  const added = [...copies].flatMap(([id, copyId]): Operation[] => {
    const element = elements.get(id);
    if (element === undefined) return [];
    const { autoPlaced: _placed, ...rest } = element;
    const copy = { ...rest, id: copyId, type: element.type, x: element.x + COPY_OFFSET, y: element.y + COPY_OFFSET };
    return [{ op: "add_element", element: copy }];
  });
  const connected = (plan?.connections ?? []).flatMap((connection): Operation[] => {
    const [from, to] = [copies.get(connection.from), copies.get(connection.to)];
    if (from === undefined || to === undefined) return [];
    return [{ op: "add_connection", connection: { ...connection, id: newId("conn"), from, to } }];
  });
  edit([...added, ...connected]);
  selectOnly([...copies.values()]);
}

/** Connects two elements, unless they are already, in that direction. */
export function connect(from: string, to: string): void {
  const { plan } = usePlan.getState();
  const there = plan?.connections.some((connection) => connection.from === from && connection.to === to);
  if (from === to || there) return;
  edit([{ op: "add_connection", connection: { id: newId("conn"), from, to } }]);
}

/** Moves what is selected. */
export function moveSelected(dx: number, dy: number): void {
  const { elements } = usePlan.getState();
  edit(
    selectedElements().flatMap((id): Operation[] => {
      const element = elements.get(id);
      if (element === undefined) return [];
      return [{ op: "update_element", id, changes: { x: element.x + dx, y: element.y + dy } }];
    }),
  );
}

/** Adds an image with its middle there. */
export async function addImage(file: File, middle: Point): Promise<void> {
  const image = await shrinkImage(file);
  if (image === null) {
    notify({ kind: "failure", message: `${file.name || "That"} is not an image that this browser can read.` });
    return;
  }
  const width = Math.min(420, Math.max(180, image.width));
  const height = Math.round((width * image.height) / image.width) + 66;
  addElement("image", middle, { title: file.name, content: image.url, width, height });
}

/** Starts a comment on the words that are marked, on the one element that is selected, or lets the person choose the place. */
export function startComment(): void {
  const marked = markedText();
  if (marked !== null) return commentOn(marked, false);
  const [only, ...more] = selectedElements();
  const element = only === undefined || more.length > 0 ? undefined : usePlan.getState().elements.get(only);
  if (element === undefined && isDocument()) usePage.setState({ composing: { elementId: null, ...aboveAll() } });
  else if (element === undefined) usePage.setState(({ placingComment }) => ({ placingComment: !placingComment }));
  else usePage.setState({ composing: { elementId: element.id, x: element.width - 12, y: -4 }, placingComment: false });
}

/** Where a remark on the plan as a whole is pinned. */
function aboveAll(): Point {
  const { x, y } = around(usePlan.getState().plan?.elements ?? []);
  return { x, y: y - COPY_OFFSET };
}
