import { useEffect, useRef } from "react";

/** A scroll within so many milliseconds of the wheel's last turn is the wheel's. */
const WHEEL_MS = 200;
/** So many milliseconds after its last turn the wheel rests. */
const REST_MS = 100;

/**
 * Lies over the text while the wheel scrolls it past a pointer that rests: to find what is under the pointer, to tell it
 * and to tell what was there before is a third of what a frame costs. A pointer that moves reaches the text at once.
 */
export function ScrollCover() {
  const cover = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current: element } = cover;
    const scrolled = element?.parentElement;
    if (!element || !scrolled) return undefined;
    const watched = new AbortController();
    const passive = { passive: true, signal: watched.signal };
    let turnedAt = -WHEEL_MS;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const lift = () => element.removeAttribute("data-on");
    const size = new ResizeObserver(() => element.style.setProperty("--height", `${scrolled.clientHeight}px`));
    size.observe(scrolled);
    scrolled.addEventListener("wheel", ({ timeStamp }) => (turnedAt = timeStamp), passive);
    scrolled.addEventListener(
      "scroll",
      ({ timeStamp }) => {
        if (timeStamp - turnedAt > WHEEL_MS) return;
        element.setAttribute("data-on", "");
        clearTimeout(rest);
        rest = setTimeout(lift, REST_MS);
      },
      passive,
    );
    element.addEventListener("pointermove", ({ movementX, movementY }) => (movementX || movementY) && lift(), passive);
    // Pressed here and released on what is below, it would be a click on neither.
    let isPressed = false;
    element.addEventListener("pointerdown", () => (lift(), (isPressed = true)), passive);
    scrolled.addEventListener(
      "click",
      (click) => {
        lift();
        const below = isPressed ? document.elementFromPoint(click.clientX, click.clientY) : null;
        isPressed = false;
        if (below !== scrolled) below?.dispatchEvent(new MouseEvent("click", click));
      },
      passive,
    );
    return () => {
      watched.abort();
      size.disconnect();
      clearTimeout(rest);
      lift();
    };
  }, []);
  return <div ref={cover} className="scroll-cover" data-testid="scroll-cover" />;
}
