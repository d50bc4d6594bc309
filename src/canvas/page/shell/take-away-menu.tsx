import { useState } from "react";
import { takePicture } from "../canvas/plan-picture.ts";
import { copyPlan, printPlan } from "../canvas/take-away.ts";
import { ToolButton } from "../elements/tool-button.tsx";
import { exportUrl } from "../sync/plan-session.ts";
import { Menu, type MenuItem } from "../elements/menu.tsx";

const ITEMS: readonly MenuItem[] = [
  { label: "Copy as Markdown", icon: "copy", testId: "copy-plan", run: () => void copyPlan() },
  {
    label: "Download as Markdown",
    icon: "download",
    testId: "export",
    run: () => globalThis.location.assign(exportUrl),
  },
  { label: "Picture (PNG)", icon: "image", testId: "png", run: () => void takePicture("png") },
  { label: "Picture (SVG)", icon: "image", testId: "svg", run: () => void takePicture("svg") },
  { label: "Print the document", icon: "print", testId: "print", run: () => void printPlan() },
];

/** What can be taken away of the plan. */
export function TakeAway() {
  const [at, setAt] = useState<{ readonly x: number; readonly y: number } | null>(null);
  return (
    <>
      <ToolButton
        icon="download"
        label="Take away"
        data-testid="take-away"
        aria-haspopup="menu"
        aria-expanded={at !== null}
        onClick={({ currentTarget }) => {
          const { left, bottom } = currentTarget.getBoundingClientRect();
          setAt({ x: left, y: bottom + 6 });
        }}
      />
      {at !== null && <Menu label="Take away" items={ITEMS} at={at} close={() => setAt(null)} />}
    </>
  );
}
