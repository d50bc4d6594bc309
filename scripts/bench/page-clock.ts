/**
 * What runs in the page before all else, as text: it is the page's language, not this program's.
 * Times are milliseconds since 1970, as {@link now} counts them here.
 *
 * @param elements how many there are to paint
 */
export function pageClock(elements: number): string {
  return `
    const now = () => performance.timeOrigin + performance.now();
    /** Settles once the frame that shows it has been handed on. */
    const whenShown = (isThere) => new Promise((resolve) => {
      const look = () => isThere() ? requestAnimationFrame(() => resolve(now())) : requestAnimationFrame(look);
      look();
    });
    globalThis.paintedAt = whenShown(() => document.querySelectorAll(".card").length === ${elements});
    globalThis.titleShown = (id, title) => whenShown(() =>
      document.querySelector('.react-flow__node[data-id="' + id + '"] .card-title')?.textContent === title);
    /** When the frames were, from now on, in which the element had moved. */
    globalThis.followFrames = (id) => {
      const frames = globalThis.frames = [];
      const node = document.querySelector('.react-flow__node[data-id="' + id + '"]');
      let before = "";
      const frame = (at) => {
        if (frames !== globalThis.frames) return;
        if (node.style.transform !== before) frames.push(at);
        before = node.style.transform;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    };
    addEventListener("click", ({ target }) => {
      if (target.closest("[data-testid=decision-confirm]")) globalThis.confirmedAt = now();
    }, true);
  `;
}

/** Milliseconds since 1970, with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
