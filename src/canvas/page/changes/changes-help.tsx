import { Dialog } from "../elements/dialog.tsx";
import { openChangesDialog } from "./changes-store.ts";

const MODIFIER = navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl";

const KEYS: readonly (readonly [string, readonly string[]])[] = [
  ["Next and previous file", ["J", "K"]],
  ["Next and previous change", ["N", "P"]],
  ["Mark one line more, or less", ["Shift ↓", "Shift ↑"]],
  ["Comment on the marked lines", ["C"]],
  ["Keep the comment", [`${MODIFIER} Enter`]],
  ["Leave without keeping", ["Esc"]],
  ["The file is viewed", ["V"]],
  ["Open or close the file", ["O"]],
  ["One column, or side by side", ["U"]],
  ["Send back", ["F"]],
  ["Apply", ["A"]],
  ["This help", ["?"]],
];

export function ChangesHelp() {
  return (
    <Dialog title="Keys" close={() => openChangesDialog(null)} size="wide">
      <p className="dialog-text">
        Press on the number of a line to comment on it; draw over several, or press with Shift. What you say is kept
        here until you send it back, all at once.
      </p>
      <dl className="keys">
        {KEYS.map(([what, keys]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
