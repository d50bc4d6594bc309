import { useEffect, useRef, type KeyboardEvent } from "react";
import { Icon, type IconName } from "./icons.tsx";
import { keepFocus } from "./keep-focus.ts";

export interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  readonly keys?: string;
  readonly testId?: string;
  readonly run: () => void;
}

interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** On the screen; it stays in the window. */
  readonly at: { readonly x: number; readonly y: number };
  readonly close: () => void;
}

const [WIDTH, ITEM_HEIGHT] = [250, 36];

/** A menu of its own: the first item has the focus, arrow keys move it, Escape and a press elsewhere close it. */
export function Menu({ label, items, at, close }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    const giveBack = keepFocus();
    menu.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && menu.current?.contains(event.target) !== true) latest.current();
    };
    document.addEventListener("pointerdown", onPress, true);
    return () => {
      document.removeEventListener("pointerdown", onPress, true);
      giveBack();
    };
  }, []);
  const style = {
    left: Math.max(8, Math.min(at.x, innerWidth - WIDTH - 8)),
    top: Math.max(8, Math.min(at.y, innerHeight - items.length * ITEM_HEIGHT - 24)),
  };
  return (
    <div
      ref={menu}
      className="menu"
      role="menu"
      aria-label={label}
      data-testid="menu"
      style={style}
      onKeyDown={onKey(close)}
    >
      {items.map(({ label: words, icon, keys, testId, run }) => (
        <button
          key={words}
          type="button"
          role="menuitem"
          tabIndex={-1}
          data-testid={testId}
          onClick={() => {
            close();
            run();
          }}
        >
          <Icon name={icon} size={16} />
          <span>{words}</span>
          {keys !== undefined && <kbd>{keys}</kbd>}
        </button>
      ))}
    </div>
  );
}

function onKey(close: () => void) {
  return (event: KeyboardEvent<HTMLElement>) => {
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close();
      return;
    }
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const now = items.findIndex((item) => item === document.activeElement);
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items.at(next % items.length)?.focus();
  };
}
