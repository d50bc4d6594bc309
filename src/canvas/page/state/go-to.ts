import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useCallback } from "react";
import { inReadingOrder } from "../../../plans/reading-order.ts";
import { selectedElements, selectOnly, useFlow } from "./flow-store.ts";
import { usePlan } from "../sync/plan-store.ts";
import { motionMs } from "../theme/motion.ts";
import { isDocument } from "./view.ts";
import { phone } from "./phone.ts";

const MARGIN = 90;

export interface HowToGo {
  /** As it is where it is left out, unless that is too small to read. */
  readonly zoom?: number;
  /** Whether it gets the focus. */
  readonly focus?: boolean;
}

/** Brings an element into sight, in whichever view is shown, and selects it. */
export function useGoTo(): (id: string, how?: HowToGo) => void {
  const { setCenter, getZoom } = useReactFlow();
  const store = useStoreApi();
  return useCallback(
    (id, { zoom, focus = true } = {}) => {
      selectOnly([id]);
      if (isDocument()) {
        showPart(id, focus);
        return;
      }
      const node = useFlow.getState().nodes.find((other) => other.id === id);
      if (node === undefined) return;
      const { width = 0, height = 0 } = node;
      const scale = zoom ?? Math.max(getZoom(), 0.8);
      // Of one that is higher than the window, the top.
      const covered = coveredBelow() / scale;
      const seen = store.getState().height / scale - covered;
      const middle = Math.min(height / 2, seen / 2 - Math.min(MARGIN / scale, seen / 4));
      const { x, y } = node.position;
      void setCenter(x + width / 2, y + middle + covered / 2, { zoom: scale, duration: motionMs(350) }).then(
        () => focus && focusCard(id),
      );
    },
    [setCenter, getZoom, store],
  );
}

/** How much of the canvas a sheet lies over on a phone, in pixels. */
function coveredBelow(): number {
  if (!phone.matches) return 0;
  const sheets = [...document.querySelectorAll<HTMLElement>(".panel, .composer")];
  return Math.max(0, ...sheets.map((sheet) => innerHeight - sheet.getBoundingClientRect().top));
}

/** The element that is read after, or before, the selected one; at the end it begins anew. */
export function neighbour(step: 1 | -1): string | undefined {
  const { plan } = usePlan.getState();
  if (plan === null) return undefined;
  const order = inReadingOrder(plan).map(({ id }) => id);
  const [selected = focusedCard()] = selectedElements();
  const now = selected === undefined ? -1 : order.indexOf(selected);
  if (now === -1) return step === 1 ? order[0] : order.at(-1);
  return order.at((now + step) % order.length);
}

/** The element that is read after the selected ones, or, where there is none, before them. */
export function besideSelected(): string | undefined {
  const { plan } = usePlan.getState();
  const selected = new Set(selectedElements());
  const order = plan === null ? [] : inReadingOrder(plan).map(({ id }) => id);
  const at = order.findIndex((id) => selected.has(id));
  return order.slice(at).find((id) => !selected.has(id)) ?? order.slice(0, at).at(-1);
}

function focusedCard(): string | undefined {
  return document.activeElement?.closest<HTMLElement>(".react-flow__node, .part-card")?.dataset["id"];
}

/** Puts the focus on an element that is in sight, in whichever view. */
export function focusCard(id: string): void {
  const card = `:is(.react-flow__node, .part-card)[data-id="${CSS.escape(id)}"]`;
  document.querySelector<HTMLElement>(card)?.focus({ preventScroll: true });
}

/** Scrolls the document to an element. */
function showPart(id: string, focus: boolean): void {
  const part = document.getElementById(`part-${id}`);
  part?.scrollIntoView({ block: "start", behavior: motionMs(1) === 0 ? "auto" : "smooth" });
  if (focus) focusCard(id);
}
