import { create } from "zustand";
import type { PlanElement } from "../../../plans/plan.ts";
import { aroundAll } from "../../../plans/sections.ts";
import { usePlan } from "../sync/plan-store.ts";
import { phone } from "./phone.ts";

/** How the plan is shown: on its canvas, or as a document in reading order. */
export type View = "canvas" | "document";

const KEY = "bizar:view";
/** Of the canvas, below which cards show no more than their titles. */
const LEAST_FIT = 0.5;
const HEADER_HEIGHT = 60;

/** What is shown; null until there is a plan. */
export const useView = create<{
  readonly view: View | null;
  /** It is being printed: all of the document is there at once. */
  readonly printing: boolean;
}>(() => ({ view: null, printing: false }));

/** Shows what the person chose last, or else what lets them read this plan. It stays as it is while the plan grows. */
export function startView(): void {
  const end = usePlan.subscribe(({ plan }) => {
    if (plan === null) return;
    end();
    useView.setState({ view: chosenView() ?? viewThatFits(plan.elements) });
  });
}

/** Switches, for good. */
export function switchView(): void {
  const view = useView.getState().view === "document" ? "canvas" : "document";
  useView.setState({ view });
  try {
    localStorage.setItem(KEY, view);
  } catch {
    // A browser that keeps nothing: the choice holds for this load.
  }
}

export function isDocument(): boolean {
  return useView.getState().view === "document";
}

function viewThatFits(elements: readonly PlanElement[]): View {
  if (elements.length === 0) return "canvas";
  const { width, height } = aroundAll(elements);
  const fit = Math.min(innerWidth / width, (innerHeight - HEADER_HEIGHT) / height);
  return phone.matches || fit < LEAST_FIT ? "document" : "canvas";
}

function chosenView(): View | null {
  try {
    const chosen = localStorage.getItem(KEY);
    return chosen === "canvas" || chosen === "document" ? chosen : null;
  } catch {
    return null;
  }
}
