import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { addImage } from "./actions.ts";
import { useMiddle } from "./use-middle.ts";

/** Images that are dropped on the page or pasted into it become elements. */
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
      for (const image of imagesOf(event.clipboardData)) void addImage(image, middle());
    };
    document.addEventListener("dragover", over);
    document.addEventListener("drop", drop);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("drop", drop);
      document.removeEventListener("paste", paste);
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
