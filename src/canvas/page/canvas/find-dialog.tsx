import { motionMs } from "../theme/motion.ts";
import { useReactFlow } from "@xyflow/react";
import type { PlanElement } from "../../../plans/plan.ts";
import { Dialog } from "../shell/dialog.tsx";
import { ElementList } from "../shell/element-list.tsx";
import { closeDialog } from "../shell/page-state.ts";
import { selectOnly } from "./flow-store.ts";

/** Goes to an element, wherever it is. */
export function FindDialog() {
  const { setCenter, getZoom } = useReactFlow();
  const goTo = ({ id, x, y, width, height }: PlanElement) => {
    closeDialog();
    selectOnly([id]);
    void setCenter(x + width / 2, y + height / 2, { zoom: Math.max(getZoom(), 0.8), duration: motionMs(350) }).then(
      () => focusElement(id),
    );
  };
  return (
    <Dialog title="Find an element" close={closeDialog}>
      <ElementList label="Find" choose={goTo} />
    </Dialog>
  );
}

/** Puts the focus on an element that is in sight. */
export function focusElement(id: string): void {
  const node = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
  node?.focus({ preventScroll: true });
}
