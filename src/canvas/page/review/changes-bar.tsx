import { useState } from "react";
import { isOnlyPlace } from "../../../plans/feedback.ts";
import type { EditEntry } from "../../../plans/plan.ts";
import { titleWords } from "../state/title-words.ts";
import { useGoTo } from "../state/go-to.ts";
import { usePlan } from "../sync/plan-store.ts";
import { changesOf } from "../state/changes.ts";
import { counted } from "./collected.ts";

/** How much agents changed since the person's last review, and a way from change to change. */
export function ChangesBar() {
  const stored = usePlan((state) => state.stored);
  const isPast = usePlan(({ past }) => past !== null);
  const [at, setAt] = useState(-1);
  const goTo = useGoTo();
  const all = [...changesOf(stored).values()];
  if (all.length === 0 || isPast) return null;
  const moved = all.filter(isOnlyPlace);
  const changes = all.filter((change) => !moved.includes(change));
  const deleted = changes.filter(({ what, change }) => what === "element" && change === "deleted");
  const places = [...new Set([...changes, ...moved].flatMap(placeOf))];
  const step = (by: 1 | -1) => {
    const next = (Math.max(at, by === 1 ? -1 : 0) + by + places.length) % places.length;
    setAt(next);
    const id = places[next];
    if (id !== undefined) goTo(id, { focus: false });
  };
  const words = [counted(changes.length, "change"), moved.length === 0 ? "" : `${moved.length} moved`];
  return (
    <div className="changes-bar" role="status" data-testid="changes-bar">
      <strong>{`${words.filter((part) => part !== "").join(", ")} since your review`}</strong>
      {deleted.length > 0 && (
        <span>{`deleted: ${deleted.map(({ old, id }) => titleWords(String(old?.["title"] ?? id))).join(", ")}`}</span>
      )}
      {places.length > 0 && (
        <>
          <button type="button" className="button button-quiet" data-testid="previous-change" onClick={() => step(-1)}>
            Previous
          </button>
          <button type="button" className="button button-quiet" data-testid="next-change" onClick={() => step(1)}>
            Next
          </button>
        </>
      )}
    </div>
  );
}

/** Where a change is to be seen: of a connection, where it begins. */
function placeOf({ what, change, id }: EditEntry): readonly string[] {
  if (what === "element") return change === "deleted" ? [] : [id];
  const from = usePlan.getState().connections.get(id)?.from;
  return from === undefined ? [] : [from];
}
