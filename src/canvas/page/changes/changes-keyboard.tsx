import { useEffect } from "react";
import { openChangesDialog, switchDiffView, useChanges } from "./changes-store.ts";
import { commentOnMarked, stepChange, stepFile, stretch, toggleOpen, toggleViewed } from "./moving.ts";

const onCurrent = (run: (path: string) => void) => () => {
  const { current } = useChanges.getState();
  if (current !== null) run(current);
};

const decide = (decision: "apply" | "send_back") => () => {
  const { changes } = useChanges.getState();
  if (changes === null || changes.state === "applied" || changes.state === "discarded") return;
  if (decision === "send_back" || (changes.state === "open" && !changes.isAtWork)) {
    openChangesDialog({ kind: "decide", decision });
  }
};

const COMMANDS: Readonly<Record<string, () => void>> = {
  j: () => stepFile(1),
  k: () => stepFile(-1),
  n: () => void stepChange(1),
  p: () => void stepChange(-1),
  "shift arrowdown": () => stretch(1),
  "shift arrowup": () => stretch(-1),
  c: commentOnMarked,
  v: onCurrent(toggleViewed),
  o: onCurrent(toggleOpen),
  u: switchDiffView,
  f: decide("send_back"),
  a: decide("apply"),
  "?": () => openChangesDialog({ kind: "help" }),
  escape: () => useChanges.setState({ marked: null, composing: null }),
};

/** Does what keys ask for, except in fields and dialogs. */
export function ChangesKeyboard() {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (isElsewhere(event)) return;
      const isShifted = event.shiftKey && event.key.length > 1;
      const command = COMMANDS[`${isShifted ? "shift " : ""}${event.key.toLowerCase()}`];
      if (command === undefined) return;
      event.preventDefault();
      command();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
  return null;
}

function isElsewhere({ target, ctrlKey, metaKey, altKey, isComposing }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey || isComposing) return true;
  if (document.querySelector("dialog[open]") !== null) return true;
  return target instanceof HTMLElement && target.matches("textarea, input:not([type='checkbox']), select");
}
