import { useEffect, useRef, useState } from "react";
import type { PlanElement } from "../../../plans/plan.ts";
import { usePlan } from "../sync/plan-store.ts";

const SHOWN_MS = 1600;

/** For a moment after somebody else has added or rewritten the element: `new` or `changed`. */
export function useArrival(element: PlanElement | undefined): "new" | "changed" | undefined {
  const text = element === undefined ? "" : `${element.title}\n${element.content}\n${String(element.done)}`;
  const seen = useRef(text);
  const [arrival, setArrival] = useState<"new" | "changed" | undefined>(() =>
    element !== undefined && isOfAnother(element.id, "added") ? "new" : undefined,
  );
  useEffect(() => {
    if (seen.current === text) return;
    seen.current = text;
    if (element !== undefined && isOfAnother(element.id, "updated")) setArrival("changed");
  }, [text, element]);
  useEffect(() => {
    if (arrival === undefined) return;
    const timer = setTimeout(() => setArrival(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [arrival]);
  return arrival;
}

/** Whether the latest revision is an agent's work on that element. */
function isOfAnother(id: string, change: "added" | "updated"): boolean {
  const plan = usePlan.getState().stored?.plan;
  return (
    plan?.edits?.some(
      (entry) =>
        entry.revision === plan.revision && entry.id === id && entry.change === change && entry.by.kind === "agent",
    ) ?? false
  );
}
