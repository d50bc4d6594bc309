import { useStoreApi } from "@xyflow/react";
import { useEffect } from "react";
import { setZoom } from "../state/detail-level.ts";
import { settleHeld } from "../state/flow-store.ts";

/** What titles far away are sized by: seldom another, since each change lays out all of them anew. */
const STEPS = [0.16, 0.2, 0.25, 0.32, 0.4, 0.5];

/**
 * Tells the zoom to the cards, and to the style sheets (`--zoom`, and in steps `--zoom-step`), so that what keeps its
 * size on the screen needs no work of React.
 */
export function FollowView() {
  const store = useStoreApi();
  useEffect(() => {
    let seen: unknown;
    const follow = ({ transform, domNode }: ReturnType<typeof store.getState>) => {
      if (transform === seen) return;
      seen = transform;
      const [, , zoom] = transform;
      if (domNode !== null) {
        say(domNode.style, "--zoom", zoom.toFixed(3));
        say(domNode.style, "--zoom-step", String(STEPS.findLast((step) => step <= zoom) ?? STEPS[0]));
      }
      setZoom(zoom);
      // What comes into sight now is looked for where elements are.
      settleHeld();
    };
    follow(store.getState());
    return store.subscribe(follow);
  }, [store]);
  return null;
}

function say(style: CSSStyleDeclaration, name: string, value: string): void {
  if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
}
