import { useEffect, useState, type RefObject } from "react";
import type { PlanElement } from "../../../plans/plan.ts";
import { MOST_HEIGHT, setCardHeight } from "../state/card-heights.ts";

const LINE_HEIGHT = 21;

/**
 * Makes a card as high as what is in it, unless a person has chosen its size.
 *
 * @param body what would be cut
 * @returns in words, what is cut all the same
 */
export function useWholeCard(element: PlanElement, body: RefObject<HTMLElement | null>, isOnCanvas: boolean): string {
  const [cut, setCut] = useState("");
  const { id, height, width, content, title, answer, ownSize } = element;
  useEffect(() => {
    const shown = body.current;
    if (!isOnCanvas || shown === null) return undefined;
    setCardHeight(id, undefined);
    const measure = () => {
      const card = shown.closest<HTMLElement>(".card");
      if (card === null || card.dataset["editing"] !== undefined) return;
      const below = shown.scrollHeight - shown.clientHeight;
      if (below <= 1) {
        setCut(shown.scrollWidth > shown.clientWidth + 1 ? "More to the right →" : "");
        return;
      }
      const wanted = card.offsetHeight + below;
      if (ownSize !== true && card.offsetHeight < MOST_HEIGHT) setCardHeight(id, Math.min(MOST_HEIGHT, wanted));
      setCut(ownSize === true || wanted > MOST_HEIGHT ? moreLines(Math.ceil(below / LINE_HEIGHT)) : "");
    };
    const watch = new ResizeObserver(measure);
    watch.observe(shown);
    const follow = () => {
      for (const part of shown.children) watch.observe(part);
      measure();
    };
    // Who works on it, and what has become of it, is said above its text when it is known.
    const added = new MutationObserver(follow);
    added.observe(shown, { childList: true });
    for (const part of shown.children) watch.observe(part);
    return () => {
      watch.disconnect();
      added.disconnect();
    };
  }, [id, isOnCanvas, body, height, width, content, title, answer, ownSize]);
  return cut;
}

function moreLines(count: number): string {
  return `${count} more line${count === 1 ? "" : "s"} ↓`;
}
