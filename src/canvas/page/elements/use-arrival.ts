import { useEffect, useRef, useState } from "react";
import type { PlanElement } from "../../../plans/plan.ts";
import { usePlan } from "../sync/plan-store.ts";

const SHOWN_MS = 1600;
/** Older than this an edit was there before the page, or before the element came into sight. */
const NEWS_MS = 3000;

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

/** Whether an agent's work on that element is news: the latest revision, a moment old. */
function isOfAnother(id: string, change: "added" | "updated"): boolean {
  const plan = usePlan.getState().stored?.plan;
  return (
    plan?.edits?.some(
      ({ revision, id: edited, change: how, by, at }) =>
        revision === plan.revision &&
        edited === id &&
        how === change &&
        by.kind === "agent" &&
        Date.now() - Date.parse(at) < NEWS_MS,
    ) ?? false
  );
}
