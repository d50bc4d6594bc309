import { flushSync } from "react-dom";
import { exportElements, exportMarkdown } from "../../../plans/export-markdown.ts";
import type { Operation } from "../../../plans/operations.ts";
import type { Connection, PlanElement } from "../../../plans/plan.ts";
import { around } from "../../../plans/rectangles.ts";
import { copyText } from "../state/copy-text.ts";
import { useView } from "../state/view.ts";
import { newId } from "../sync/new-id.ts";
import { edit } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { useTheme } from "../theme/theme.ts";
import { selectedElements, selectOnly } from "../state/flow-store.ts";
import type { Point } from "./edge-geometry.ts";

/** What cards are in the clipboard beside their Markdown. */
export const CARDS = "application/x-bizar-cards";

interface Cards {
  readonly elements: readonly PlanElement[];
  readonly connections: readonly Connection[];
}

export async function copyPlan(): Promise<void> {
  const { stored, plan } = usePlan.getState();
  if (stored !== null && plan !== null)
    await copyText(exportMarkdown({ ...stored, plan }), "The plan is in the clipboard, as Markdown.");
}

/** The selected cards as Markdown. */
export function selectionAsMarkdown(): string {
  const { plan } = usePlan.getState();
  return plan === null ? "" : exportElements(plan, new Set(selectedElements()));
}

export async function copySelection(): Promise<void> {
  await copyText(selectionAsMarkdown(), "Copied, as Markdown.");
}

/** The selected cards with what connects them, to be pasted. */
export function selectedCards(): string {
  const { plan } = usePlan.getState();
  const ids = new Set(selectedElements());
  const elements = plan?.elements.filter(({ id }) => ids.has(id)) ?? [];
  const connections = plan?.connections.filter(({ from, to }) => ids.has(from) && ids.has(to)) ?? [];
  return JSON.stringify({ elements, connections } satisfies Cards);
}

/** Adds cards of this or another plan with their middle there. */
export function pasteCards(text: string, middle: Point): void {
  const cards = cardsIn(text);
  if (cards === null || cards.elements.length === 0) return;
  const box = around(cards.elements);
  const [dx, dy] = [middle.x - box.x - box.width / 2, middle.y - box.y - box.height / 2].map(Math.round);
  const ids = new Map(cards.elements.map(({ id }) => [id, newId("el")]));
  const elements = cards.elements.map((element): Operation => {
    const { autoPlaced: _placed, ...rest } = element;
    const place = { x: element.x + (dx ?? 0), y: element.y + (dy ?? 0) };
    return { op: "add_element", element: { ...rest, type: element.type, id: ids.get(element.id) ?? "", ...place } };
  });
  const connections = cards.connections.flatMap((connection): Operation[] => {
    const [from, to] = [ids.get(connection.from), ids.get(connection.to)];
    if (from === undefined || to === undefined) return [];
    return [{ op: "add_connection", connection: { ...connection, id: newId("conn"), from, to } }];
  });
  edit([...elements, ...connections]);
  selectOnly([...ids.values()]);
}

function cardsIn(text: string): Cards | null {
  try {
    const { elements, connections } = JSON.parse(text) as Partial<Cards>;
    const areCards =
      Array.isArray(elements) && elements.every(({ id, x, y }) => typeof id === "string" && x + y > -Infinity);
    return areCards ? { elements, connections: Array.isArray(connections) ? connections : [] } : null;
  } catch {
    return null;
  }
}

const DRAWN_WITHIN_MS = 8_000;

/** Prints the document, whatever is shown. */
export async function printPlan(): Promise<void> {
  const [{ view }, { theme }] = [useView.getState(), useTheme.getState()];
  useView.setState({ view: "document", printing: true });
  // Paper is white.
  useTheme.setState({ theme: "light" });
  const end = performance.now() + DRAWN_WITHIN_MS;
  // What is drawn is drawn little by little.
  while (!isDrawn() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 60));
  globalThis.print();
  useView.setState({ view, printing: false });
  useTheme.setState({ theme });
}

/** The browser's own command prints the document, too. */
export function followPrinting(): void {
  let end: (() => void) | undefined;
  addEventListener("beforeprint", () => {
    if (useView.getState().printing) return;
    const { theme } = useTheme.getState();
    flushSync(() => {
      useView.setState({ printing: true });
      useTheme.setState({ theme: "light" });
    });
    end = () => {
      useView.setState({ printing: false });
      useTheme.setState({ theme });
    };
  });
  addEventListener("afterprint", () => end?.());
}

function isDrawn(): boolean {
  const isDrawing = [...document.querySelectorAll(".hint")].some(({ textContent }) => textContent === "Drawing…");
  const parts = document.querySelectorAll(".part-card").length;
  return !isDrawing && document.querySelector(".markdown-plain") === null && parts >= usePlan.getState().elements.size;
}
