import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { addImage } from "./actions.ts";
import { selectedElements } from "../state/flow-store.ts";
import { CARDS, pasteCards, selectedCards, selectionAsMarkdown } from "./take-away.ts";
import { useMiddle } from "../state/use-middle.ts";

/** Images that are dropped on the page or pasted into it become elements; cards are copied and pasted. */
export function ImageDrop() {
  const { screenToFlowPosition } = useReactFlow();
  const middle = useMiddle();
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const images = imagesOf(event.dataTransfer);
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      for (const image of images) void addImage(image, screenToFlowPosition({ x: event.clientX, y: event.clientY }));
    };
    const paste = (event: ClipboardEvent) => {
      // Programs that deal in tables and pages put a picture of the text beside it: a field takes the text.
      if (isField(event.target) && event.clipboardData?.types.includes("text/plain")) return;
      const cards = isField(event.target) ? "" : (event.clipboardData?.getData(CARDS) ?? "");
      if (cards !== "") pasteCards(cards, middle());
      else for (const image of imagesOf(event.clipboardData)) void addImage(image, middle());
    };
    const copy = (event: ClipboardEvent) => {
      const isOfText = isField(event.target) || document.getSelection()?.isCollapsed === false;
      if (isOfText || selectedElements().length === 0) return;
      event.preventDefault();
      event.clipboardData?.setData("text/plain", selectionAsMarkdown());
      event.clipboardData?.setData(CARDS, selectedCards());
    };
    document.addEventListener("dragover", over);
    document.addEventListener("drop", drop);
    document.addEventListener("paste", paste);
    document.addEventListener("copy", copy);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("drop", drop);
      document.removeEventListener("paste", paste);
      document.removeEventListener("copy", copy);
    };
  }, [screenToFlowPosition, middle]);
  return null;
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

function imagesOf(data: DataTransfer | null): readonly File[] {
  return Array.from(data?.files ?? []).filter(({ type }) => type.startsWith("image/"));
}
