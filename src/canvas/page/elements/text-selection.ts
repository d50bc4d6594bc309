import { usePlan } from "../sync/plan-store.ts";
import type { Quote } from "../../../plans/plan.ts";

/** Words of an element that the person has marked. */
export interface MarkedText {
  readonly elementId: string;
  readonly quote: Quote;
  /** On the screen. */
  readonly box: DOMRect;
}

const MOST_QUOTED = 4_000;

/** What is marked now, where it is in the words of one element. */
export function markedText(): MarkedText | null {
  const selection = document.getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const words = elementAt(range.commonAncestorContainer)?.closest<HTMLElement>(".card-words");
  const elementId = words?.closest<HTMLElement>("[data-id]")?.dataset["id"];
  const text = selection.toString().trim().slice(0, MOST_QUOTED);
  if (words == null || elementId === undefined || text === "") return null;
  const offset = offsetOf(elementId, text, words, range);
  return { elementId, quote: { text, ...(offset !== undefined && { offset }) }, box: range.getBoundingClientRect() };
}

function elementAt(node: Node): Element | null {
  return node instanceof Element ? node : node.parentElement;
}

/** Of words that stand in the content several times, as many come before them there as on the screen. */
function offsetOf(elementId: string, text: string, words: HTMLElement, range: Range): number | undefined {
  const content = usePlan.getState().elements.get(elementId)?.content ?? "";
  const before = document.createRange();
  before.setStart(words, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const earlier = before.toString().split(text).length - 1;
  let offset = -1;
  for (let times = 0; times <= earlier; times += 1) {
    const next = content.indexOf(text, offset + 1);
    if (next === -1) break;
    offset = next;
  }
  return offset === -1 ? undefined : offset;
}
