import { flushSync } from "react-dom";
import { Dialog } from "../elements/dialog.tsx";
import { ElementList } from "../elements/element-list.tsx";
import { closeDialog } from "../state/page-state.ts";
import { useGoTo } from "../state/go-to.ts";

/** Goes to an element, wherever it is. */
export function FindDialog() {
  const goTo = useGoTo();
  return (
    <Dialog title="Find an element" close={closeDialog}>
      <ElementList
        label="Find"
        choose={({ id }) => {
          // What is behind a dialog cannot get the focus.
          flushSync(closeDialog);
          goTo(id);
        }}
      />
    </Dialog>
  );
}
