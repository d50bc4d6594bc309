import { Dialog } from "./dialog.tsx";
import { closeDialog } from "../state/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";
import { ElementBody } from "./element-body.tsx";
import { kindOf, typeName } from "../../../plans/element-kinds.ts";
import { kindAttributes } from "./kind-attributes.ts";
import { titleWords } from "../state/title-words.ts";
import { ZoomableDiagram } from "./zoomable-diagram.tsx";

/** One element as large as the window; of a diagram, with pan and zoom. */
export function LargeDialog({ id }: { readonly id: string }) {
  const element = usePlan(({ elements }) => elements.get(id));
  if (element === undefined) return null;
  const title = element.title || typeName(element.type);
  return (
    <Dialog title={title} close={closeDialog} size="large">
      {kindOf(element.type).form === "diagram" ? (
        <ZoomableDiagram source={element.content} title={titleWords(title)} />
      ) : (
        <div className="card part-card large-card" {...kindAttributes(element)} data-testid="large">
          <ElementBody element={element} editing={false} selected={false} />
        </div>
      )}
    </Dialog>
  );
}
