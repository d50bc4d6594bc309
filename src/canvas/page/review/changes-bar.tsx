import { useState } from "react";
import { useGoTo } from "../shell/go-to.ts";
import { usePlan } from "../sync/plan-store.ts";
import { changesOf } from "./changes.ts";
import { counted } from "./collected.ts";

/** How much agents changed since the person's last review, and a way from change to change. */
export function ChangesBar() {
  const stored = usePlan((state) => state.stored);
  const [at, setAt] = useState(-1);
  const goTo = useGoTo();
  const changes = [...changesOf(stored).values()];
  if (changes.length === 0) return null;
  const shown = changes.filter(({ what, change }) => what === "element" && change !== "deleted");
  const deleted = changes.filter(({ what, change }) => what === "element" && change === "deleted");
  const step = (by: 1 | -1) => {
    const next = (Math.max(at, by === 1 ? -1 : 0) + by + shown.length) % shown.length;
    setAt(next);
    const change = shown[next];
    if (change !== undefined) goTo(change.id, { focus: false });
  };
  return (
    <div className="changes-bar" role="status" data-testid="changes-bar">
      <strong>{`${counted(changes.length, "change")} since your review`}</strong>
      {deleted.length > 0 && (
        <span>{`deleted: ${deleted.map(({ old, id }) => String(old?.["title"] ?? id)).join(", ")}`}</span>
      )}
      {shown.length > 0 && (
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
