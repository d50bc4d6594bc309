import { usePage } from "../state/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";
import { PartComments } from "./part-comments.tsx";

/** What is said about no element, at the end of the document. */
export function CanvasComments() {
  const isAny = usePlan(
    ({ plan }) => plan?.comments.some(({ elementId, resolved }) => elementId === null && resolved !== true) ?? false,
  );
  const composing = usePage((page) => page.composing !== null && page.composing.elementId === null);
  if (!isAny && !composing) return null;
  return (
    <section className="part part-whole" aria-label="On the whole plan">
      <h2>On the whole plan</h2>
      <PartComments elementId={null} />
    </section>
  );
}
