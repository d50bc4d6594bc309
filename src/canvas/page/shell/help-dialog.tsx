import { Dialog } from "../elements/dialog.tsx";
import { closeDialog } from "../state/page-state.ts";

const MODIFIER = navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl";

const KEYS: readonly (readonly [string, readonly string[]])[] = [
  ["Go from element to element", ["Tab"]],
  ["Find an element by its text", ["/"]],
  ["Next and previous element, in reading order", ["N", "P"]],
  ["Look at the selected element large", ["Enter"]],
  ["Edit the selected element", ["E"]],
  ["Save what you wrote", [`${MODIFIER} Enter`]],
  ["Leave without saving", ["Esc"]],
  ["Add an element", ["A"]],
  ["Connect, or edit connections", ["L"]],
  ["Comment on the element, or on marked words", ["C"]],
  ["Suggest others for marked words", ["S"]],
  ["Put the selected into a section", ["G"]],
  ["Copy and paste cards", [`${MODIFIER} C`, `${MODIFIER} V`]],
  ["Move the selected by 10, by 1 pixel", ["↑ ↓ ← →", "Shift ↑"]],
  ["Duplicate", [`${MODIFIER} D`]],
  ["Delete", ["Del"]],
  ["Undo, redo", [`${MODIFIER} Z`, `${MODIFIER} Shift Z`]],
  ["Select all, or several", [`${MODIFIER} A`, "Shift drag"]],
  ["Zoom", ["+", "−", `${MODIFIER} wheel`]],
  ["The whole plan", ["0"]],
  ["This help", ["?"]],
];

export function HelpDialog() {
  return (
    <Dialog title="Keys" close={closeDialog} size="wide">
      <p className="dialog-text">
        Double-click an element to edit it, or the empty canvas to add one. Drag from a dot on its edge to connect it.
        Images can be pasted or dropped. What you say and edit goes to the agent when you finish your review.
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
