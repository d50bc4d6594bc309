import { useEffect, useState } from "react";
import { isOnlyPlace } from "../../../plans/feedback.ts";
import type { EditEntry } from "../../../plans/plan.ts";
import { useGoTo } from "../state/go-to.ts";
import { usePlan } from "../sync/plan-store.ts";

interface ChangeStepsProps {
  readonly changes: readonly EditEntry[];
  /** Whether the first change is brought into sight at once. */
  readonly goesToFirst?: boolean;
}

/** A way from change to change; what was only moved comes last. */
export function ChangeSteps({ changes, goesToFirst = false }: ChangeStepsProps) {
  const [at, setAt] = useState(-1);
  const goTo = useGoTo();
  const places = placesOf(changes);
  const go = (next: number) => {
    setAt(next);
    const id = places[next];
    if (id !== undefined) goTo(id, { focus: false });
  };
  useEffect(() => {
    if (goesToFirst) go(0);
  }, []);
  if (places.length === 0) return null;
  const by = (way: 1 | -1) => (Math.max(at, way === 1 ? -1 : 0) + way + places.length) % places.length;
  return (
    <>
      <button type="button" className="button button-quiet" data-testid="previous-change" onClick={() => go(by(-1))}>
        Previous
      </button>
      <button type="button" className="button button-quiet" data-testid="next-change" onClick={() => go(by(1))}>
        Next
      </button>
    </>
  );
}

function placesOf(changes: readonly EditEntry[]): readonly string[] {
  const moved = changes.filter(isOnlyPlace);
  return [...new Set([...changes.filter((change) => !moved.includes(change)), ...moved].flatMap(placeOf))];
}

/** Where a change is to be seen: of a connection, where it begins. */
function placeOf({ what, change, id }: EditEntry): readonly string[] {
  if (what === "element") return change === "deleted" ? [] : [id];
  const from = usePlan.getState().connections.get(id)?.from;
  return from === undefined ? [] : [from];
}
