import { memo, useEffect, useState } from "react";
import { useTheme } from "../theme/theme.ts";
import type { Drawing } from "./diagram-drawing.ts";

type Shown = { readonly drawing: Drawing } | { readonly error: string } | null;

/** A drawing of Mermaid's language as an image; what is wrong with it is said above its source. */
export const Diagram = memo(function Diagram({ source, title }: { readonly source: string; readonly title: string }) {
  const theme = useTheme((state) => state.theme);
  const [shown, setShown] = useState<Shown>(null);
  useEffect(() => {
    let current = true;
    const show = (result: Shown) => {
      if (current) setShown(result);
    };
    import("./diagram-drawing.ts")
      .then(async ({ drawDiagram }) => show({ drawing: await drawDiagram(source, theme) }))
      .catch((error: unknown) => show({ error: error instanceof Error ? error.message : String(error) }));
    return () => {
      current = false;
    };
  }, [source, theme]);

  if (source.trim() === "") return <p className="hint">Double-click to draw in Mermaid’s language.</p>;
  if (shown === null) return <p className="hint">Drawing…</p>;
  if ("error" in shown) {
    return (
      <div className="diagram-error">
        <p role="status">{`This diagram cannot be drawn: ${firstLine(shown.error)}`}</p>
        <pre>{source}</pre>
        <details className="nodrag">
          <summary>What Mermaid says</summary>
          <pre>{shown.error}</pre>
        </details>
      </div>
    );
  }
  const { url, width, height } = shown.drawing;
  return (
    <img className="diagram" src={url} width={width} height={height} alt={`Diagram: ${title}`} draggable={false} />
  );
});

function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.replace(/[:.]*$/, ".") ?? "";
}
