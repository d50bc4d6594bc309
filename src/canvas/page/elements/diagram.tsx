import { memo, useEffect, useMemo, useState } from "react";
import { useTheme } from "../theme/theme.ts";
import type { Drawing } from "./diagram-drawing.ts";
import { diagramSize, hasUnshownLines, MOST_DRAWN } from "./diagram-source.ts";
import { LongText } from "./long-text.tsx";
import { UnshownText } from "./unshown-text.tsx";
import { visibleText } from "./visible-text.ts";

type Shown = { readonly drawing: Drawing } | { readonly error: string } | null;

/** A drawing of Mermaid's language as an image; what is wrong with it is said above its source. */
export const Diagram = memo(function Diagram(props: { readonly source: string; readonly title: string }) {
  const { source } = props;
  const [asked, setAsked] = useState<string | null>(null);
  const size = useMemo(() => diagramSize(source), [source]);
  if (size > MOST_DRAWN && asked !== source) {
    return (
      <div className="diagram-source">
        <p role="status">{`This diagram has about ${size.toLocaleString("en")} parts. The page may stand still while it is drawn.`}</p>
        <button type="button" className="button nodrag" data-testid="draw-anyway" onClick={() => setAsked(source)}>
          Draw anyway
        </button>
        <LongText text={source} />
      </div>
    );
  }
  return (
    <>
      {hasUnshownLines(source) && <UnshownText source={source} />}
      <DrawnDiagram {...props} />
    </>
  );
});

function DrawnDiagram({ source, title }: { readonly source: string; readonly title: string }) {
  const theme = useTheme((state) => state.theme);
  const [shown, setShown] = useState<Shown>(null);
  useEffect(() => {
    const looking = new AbortController();
    const show = (result: Shown) => {
      if (!looking.signal.aborted) setShown(result);
    };
    import("./diagram-drawing.ts")
      .then(async ({ drawDiagram }) => show({ drawing: await drawDiagram(source, theme, looking.signal) }))
      .catch((error: unknown) => show({ error: error instanceof Error ? error.message : String(error) }));
    return () => looking.abort();
  }, [source, theme]);

  if (source.trim() === "") return <p className="hint">Double-click to draw in Mermaid’s language.</p>;
  if (shown === null) return <p className="hint">Drawing…</p>;
  if ("error" in shown) {
    return (
      <div className="diagram-source diagram-error">
        <p role="status">{`This diagram cannot be drawn: ${visibleText(firstLine(shown.error))}`}</p>
        <LongText text={source} />
        <details className="nodrag">
          <summary>What Mermaid says</summary>
          <LongText text={shown.error} />
        </details>
      </div>
    );
  }
  const { url, width, height } = shown.drawing;
  return (
    <img className="diagram" src={url} width={width} height={height} alt={`Diagram: ${title}`} draggable={false} />
  );
}

function firstLine(text: string): string {
  return (
    text
      .split("\n", 1)[0]
      ?.slice(0, 500)
      .replace(/[:.]*$/, ".") ?? ""
  );
}
