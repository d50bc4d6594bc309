import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { flushSync } from "react-dom";
import { openDialog, usePage } from "../state/page-state.ts";
import { besideSelected, focusCard, neighbour, useGoTo } from "../state/go-to.ts";
import { isDocument } from "../state/view.ts";
import { redo, undo } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { deleteSelected, duplicateSelected, moveSelected, startComment } from "./actions.ts";
import { selectedConnections, selectedElements, selectOnly } from "../state/flow-store.ts";
import { useFit } from "./fit.ts";
import { commentOn } from "../elements/text-selection-bar.tsx";
import { markedText } from "../elements/text-selection.ts";
import { isLost } from "../elements/keep-focus.ts";
import { commandOf, type Command } from "./key-commands.ts";
import { editElement } from "./selection-bar.tsx";

/** Does what keys ask for, wherever the focus is, except in fields and dialogs. */
export function Keyboard() {
  const { zoomIn, zoomOut } = useReactFlow();
  const showAll = useFit();
  const goTo = useGoTo();
  useEffect(() => {
    const glide = (step: 1 | -1) => {
      const id = neighbour(step);
      if (id !== undefined) goTo(id, { zoom: 1 });
    };
    const views: Partial<Record<Command["kind"], () => void>> = {
      next: () => glide(1),
      previous: () => glide(-1),
      zoom_in: () => void zoomIn(),
      zoom_out: () => void zoomOut(),
      fit: showAll,
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const command = isElsewhere(event) ? null : commandOf(event);
      if (command === null) return;
      if (command.kind === "open" && isControl(event.target)) return;
      // Each deletes what is selected then: a key that is held would delete all.
      if (command.kind === "delete" && event.repeat) return;
      // The document is scrolled by its keys, and has no zoom.
      if (isDocument() && OF_CANVAS.has(command.kind)) return;
      event.preventDefault();
      const view = views[command.kind];
      if (view !== undefined) view();
      else run(command);
    };
    const onFocus = (event: FocusEvent) => selectFocused(event.target);
    document.addEventListener("keydown", onKeyDown);
    document.addEventListener("focusin", onFocus);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
      document.removeEventListener("focusin", onFocus);
    };
  }, [zoomIn, zoomOut, showAll, goTo]);
  return null;
}

const OF_CANVAS: ReadonlySet<Command["kind"]> = new Set(["move", "zoom_in", "zoom_out", "fit"]);

function run(command: Command): void {
  const [selected] = selectedElements();
  const [connection] = selectedConnections();
  switch (command.kind) {
    case "undo":
      return undo();
    case "redo":
      return redo();
    case "move":
      return moveSelected(command.dx, command.dy);
    case "delete": {
      const beside = besideSelected();
      flushSync(deleteSelected);
      if (beside !== undefined && isLost()) focusCard(beside);
      return;
    }
    case "duplicate":
      return duplicateSelected();
    case "edit":
      if (selected !== undefined) editElement(selected);
      else if (connection !== undefined) usePage.setState({ labelling: connection });
      return;
    case "open":
      if (selected !== undefined) openDialog({ kind: "large", id: selected });
      else if (connection !== undefined) usePage.setState({ labelling: connection });
      return;
    case "comment":
      return startComment();
    case "suggest": {
      const marked = markedText();
      if (marked !== null) commentOn(marked, true);
      return;
    }
    case "add":
      return document.querySelector<HTMLElement>(".toolbar .tool")?.focus();
    case "connect":
      if (selected !== undefined) openDialog({ kind: "connect", from: selected });
      return;
    case "section":
      if (selected !== undefined) openDialog({ kind: "section", ids: selectedElements() });
      return;
    case "select_all":
      return selectOnly([...usePlan.getState().elements.keys()]);
    case "find":
      return openDialog({ kind: "find" });
    case "help":
      return openDialog({ kind: "help" });
    case "escape":
      usePage.setState({ placingComment: false, composing: null });
      document.getSelection()?.removeAllRanges();
      return selectOnly([]);
    case "zoom_in":
    case "zoom_out":
    case "fit":
    case "next":
    case "previous":
      return;
  }
}

/** The Tab key selects what it comes to, so that the other keys act on it. */
function selectFocused(target: EventTarget | null): void {
  if (!(target instanceof HTMLElement) || !target.matches(".react-flow__node:focus-visible, .part-card:focus-visible"))
    return;
  const id = target.dataset["id"];
  if (id !== undefined && !selectedElements().includes(id)) selectOnly([id]);
}

function isElsewhere({ target, defaultPrevented }: KeyboardEvent): boolean {
  if (defaultPrevented) return true;
  return target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, dialog") !== null;
}

/** What Enter itself presses. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a, input, summary") !== null;
}
