import { useEffect, useRef, type ReactNode } from "react";
import { titleWords } from "../state/title-words.ts";
import { Icon } from "./icons.tsx";
import { keepFocus } from "./keep-focus.ts";
import { TitleText } from "./title-text.tsx";

interface DialogProps {
  /** It may have the marks that the title of an element has. */
  readonly title: string;
  readonly close: () => void;
  readonly children: ReactNode;
  readonly size?: "small" | "wide" | "large";
}

/** A dialog of the browser: it holds the focus, Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, close, children, size = "small" }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const giveBack = keepFocus();
    const shown = dialog.current;
    if (shown !== null && !shown.open) shown.showModal();
    // The browser would choose the button that closes; React keeps the attribute `autofocus` from it.
    shown?.querySelector<HTMLElement>("[data-first-focus]")?.focus();
    return () => {
      shown?.close();
      giveBack();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      data-size={size}
      aria-label={titleWords(title)}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      <div className="dialog-inside">
        <header className="dialog-head">
          <h2>
            <TitleText title={title} />
          </h2>
          <button type="button" className="button button-quiet button-icon" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
