import { slug } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { copyText } from "../state/copy-text.ts";
import { download } from "../state/download.ts";

/** Takes the edits that were not saved out of the page. */
export function KeptEditsButtons() {
  return (
    <div className="banner-buttons">
      <button
        type="button"
        className="button"
        onClick={() => void copyText(editsAsText(), "Your edits are in the clipboard.")}
      >
        Copy my edits
      </button>
      <button
        type="button"
        className="button"
        onClick={() => download(`${slug}-edits.json`, new Blob([editsAsText()], { type: "application/json" }))}
      >
        Download
      </button>
    </div>
  );
}

function editsAsText(): string {
  return JSON.stringify(
    usePlan.getState().pending.flatMap(({ operations }) => operations),
    null,
    2,
  );
}
