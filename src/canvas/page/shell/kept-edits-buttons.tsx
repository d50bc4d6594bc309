import { slug } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { notify } from "./notices.ts";

/** Takes the edits that were not saved out of the page. */
export function KeptEditsButtons() {
  return (
    <div className="banner-buttons">
      <button type="button" className="button" onClick={() => void copyEdits()}>
        Copy my edits
      </button>
      <button type="button" className="button" onClick={downloadEdits}>
        Download
      </button>
    </div>
  );
}

async function copyEdits(): Promise<void> {
  try {
    await navigator.clipboard.writeText(editsAsText());
    notify({ kind: "info", message: "Your edits are in the clipboard." });
  } catch {
    notify({ kind: "failure", message: "The browser does not allow copying here: download them." });
  }
}

function downloadEdits(): void {
  const url = URL.createObjectURL(new Blob([editsAsText()], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${slug}-edits.json`;
  link.click();
  URL.revokeObjectURL(url);
}

function editsAsText(): string {
  return JSON.stringify(
    usePlan.getState().pending.flatMap(({ operations }) => operations),
    null,
    2,
  );
}
