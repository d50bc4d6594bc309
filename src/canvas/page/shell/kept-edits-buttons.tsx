import { slug } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { notify } from "./notices.ts";

/** Takes the edits that were not saved out of the page. */
export function KeptEditsButtons() {
  const text = () =>
    JSON.stringify(
      usePlan.getState().pending.flatMap(({ operations }) => operations),
      null,
      2,
    );
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      notify({ kind: "info", message: "Your edits are in the clipboard." });
    } catch {
      notify({ kind: "failure", message: "The browser does not allow copying here: download them." });
    }
  };
  const download = () => {
    const url = URL.createObjectURL(new Blob([text()], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${slug}-edits.json`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <div className="banner-buttons">
      <button type="button" className="button" onClick={() => void copy()}>
        Copy my edits
      </button>
      <button type="button" className="button" onClick={download}>
        Download
      </button>
    </div>
  );
}
