import { useEffect, useState } from "react";

/** What the Tab key comes to. */
const REACHED = [
  "a[href]",
  "button:not(:disabled)",
  "input:not(:disabled, [hidden])",
  "textarea",
  '[tabindex="0"]',
].join();

const LARGE = "body, .app, .work, main, .header";

/**
 * Remembers where the focus is.
 *
 * @returns gives it back where nothing else has it: to what had it, or, once that is gone, to what is nearest to where it was
 */
export function keepFocus(): () => void {
  const before = outwards(document.activeElement);
  return () => {
    for (const [steps, one] of before.entries()) {
      if (!isLost()) return;
      const target = steps === 0 ? one : one.querySelector<HTMLElement>(REACHED);
      if (one.isConnected) target?.focus({ preventScroll: true });
    }
  };
}

/** {@link keepFocus} for something that comes and goes, as a panel: whoever leaves it by keys is where they were before. */
export function useFocusBack(): void {
  const [giveBack] = useState(keepFocus);
  useEffect(() => giveBack, [giveBack]);
}

export function isLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** It and what is around it, up to the large parts of the page: their first thing is far from it. */
function outwards(element: Element | null): readonly HTMLElement[] {
  const all: HTMLElement[] = [];
  for (let one = element; one instanceof HTMLElement && !one.matches(LARGE); one = one.parentElement) all.push(one);
  return all;
}
