import { Dialog } from "../shell/dialog.tsx";
import { ElementList } from "../shell/element-list.tsx";
import { closeDialog } from "../shell/page-state.ts";
import { useGoTo } from "../shell/go-to.ts";

/** Goes to an element, wherever it is. */
export function FindDialog() {
  const goTo = useGoTo();
  return (
    <Dialog title="Find an element" close={closeDialog}>
      <ElementList
        label="Find"
        choose={({ id }) => {
          closeDialog();
          goTo(id);
        }}
      />
    </Dialog>
  );
}
