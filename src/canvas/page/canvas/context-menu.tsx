import { useReactFlow } from "@xyflow/react";
import { Menu, type MenuItem } from "../elements/menu.tsx";
import { openDialog, usePage } from "../state/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";
import { addElement, deleteSelected, duplicateSelected, startComment } from "./actions.ts";
import { useFit } from "./fit.ts";
import { selectedElements, selectOnly } from "../state/flow-store.ts";
import { editElement } from "./selection-bar.tsx";
import { copyPlan, copySelection, printPlan } from "./take-away.ts";

/** Opens the menu of what is selected, or of the plan; where words are marked the browser has its own. */
export function openMenu(
  event: Pick<MouseEvent, "clientX" | "clientY"> & { preventDefault(): void },
  isOnCard: boolean,
): void {
  if (document.getSelection()?.isCollapsed === false) return;
  event.preventDefault();
  usePage.setState({ menu: { x: event.clientX, y: event.clientY, isOnCard } });
}

/** What a right click offers. */
export function ContextMenu() {
  const menu = usePage((page) => page.menu);
  const { screenToFlowPosition } = useReactFlow();
  const showAll = useFit();
  if (menu === null) return null;
  const items = menu.isOnCard ? cardItems() : planItems(() => addElement("text", screenToFlowPosition(menu)), showAll);
  return <Menu label="What can be done here" items={items} at={menu} close={() => usePage.setState({ menu: null })} />;
}

function cardItems(): readonly MenuItem[] {
  const ids = selectedElements();
  const [only] = ids;
  const own: readonly MenuItem[] =
    only === undefined || ids.length > 1
      ? []
      : [
          { label: "Edit", icon: "edit", keys: "E", run: () => editElement(only) },
          { label: "Look at it large", icon: "fit", keys: "Enter", run: () => openDialog({ kind: "large", id: only }) },
          { label: "Comment", icon: "comment", keys: "C", run: startComment },
          { label: "Connect", icon: "connect", keys: "L", run: () => openDialog({ kind: "connect", from: only }) },
        ];
  return [
    ...own,
    { label: "Section…", icon: "section", keys: "G", run: () => openDialog({ kind: "section", ids }) },
    { label: "Copy as Markdown", icon: "copy", testId: "copy-markdown", run: () => void copySelection() },
    { label: "Duplicate", icon: "plus", keys: "Ctrl D", run: duplicateSelected },
    { label: "Delete", icon: "trash", keys: "Del", run: deleteSelected },
  ];
}

function planItems(addText: () => void, showAll: () => void): readonly MenuItem[] {
  return [
    { label: "Add a text here", icon: "text", run: addText },
    {
      label: "Select all",
      icon: "board",
      keys: "Ctrl A",
      run: () => selectOnly([...usePlan.getState().elements.keys()]),
    },
    { label: "The whole plan", icon: "fit", keys: "0", run: showAll },
    { label: "Copy the plan as Markdown", icon: "copy", run: () => void copyPlan() },
    { label: "Print", icon: "print", run: () => void printPlan() },
  ];
}
