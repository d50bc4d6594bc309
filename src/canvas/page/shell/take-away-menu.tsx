import { useState } from "react";
import { copyPlan, printPlan } from "../canvas/take-away.ts";
import { ToolButton } from "../elements/tool-button.tsx";
import { notify } from "../sync/notices.ts";
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

/** What draws a picture, its parser of Markdown with it, is loaded when one is asked for. */
async function takePicture(kind: "svg" | "png"): Promise<void> {
  try {
    const picture = await import("../canvas/plan-picture.ts");
    await picture.takePicture(kind);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    notify({ kind: "failure", message: `The picture could not be made: ${why}` });
  }
}
