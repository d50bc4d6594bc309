import { memo, useMemo, useState, type CSSProperties, useEffect, useRef, type RefObject } from "react";
import { diagramSize, hasUnshownLines, MOST_DRAWN } from "./diagram-source.ts";
import { LongText } from "./long-text.tsx";
import { UnshownText } from "./unshown-text.tsx";
import { useDrawing } from "./use-drawing.ts";
import { visibleText } from "../state/visible-text.ts";

interface DiagramProps {
  readonly source: string;
  readonly title: string;
  /** Shows it large. */
  readonly open: () => void;
}

/** A drawing of Mermaid's language as an image; what is wrong with it is said above its source. */
export const Diagram = memo(function Diagram(props: DiagramProps) {
  const { source } = props;
  const [asked, setAsked] = useState<string | null>(null);
  const size = useMemo(() => diagramSize(source), [source]);
  if (size > MOST_DRAWN && asked !== source) {
    return (
      <div className="diagram-source">
        <p role="status">{`This diagram has about ${size.toLocaleString("en")} parts. It may take long to draw.`}</p>
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
      <DrawnDiagram {...props} {...(size > MOST_DRAWN ? { stop: () => setAsked(null) } : {})} />
    </>
  );
});

interface DrawnDiagramProps extends DiagramProps {
  /** Ends a drawing that takes long. */
  readonly stop?: () => void;
}

function DrawnDiagram({ source, title, open, stop }: DrawnDiagramProps) {
  const shown = useDrawing(source);
  const button = useRef<HTMLButtonElement>(null);
  const isWide = useIsWide(button, shown !== null);
  if (source.trim() === "") return <p className="hint">Double-click to draw in Mermaid’s language.</p>;
  if (shown === null) return <Drawing {...(stop !== undefined && { stop })} />;
  if ("error" in shown) return <Undrawable source={source} error={shown.error} />;
  const { url, width, height, scale } = shown.drawing;
  const drawn = (
    <button
      ref={button}
      type="button"
      className="diagram-open"
      data-testid="open-diagram"
      title="Look at it large"
      onClick={open}
    >
      <img
        className="diagram"
        src={url}
        width={width}
        height={height}
        style={{ "--natural": `${width}px` } as CSSProperties}
        alt={`Diagram: ${title}`}
        decoding="async"
        draggable={false}
      />
    </button>
  );
  if (scale === 1 && !isWide) return drawn;
  return (
    <>
      {isWide && <p className="hint wide-hint">It goes on to the right: scroll, or click for a large one.</p>}
      {scale !== 1 && (
        <p className="hint" role="status">{`It is large: drawn at ${Math.ceil(scale * 100)} % of its size.`}</p>
      )}
      {drawn}
    </>
  );
}

function Drawing({ stop }: Pick<DrawnDiagramProps, "stop">) {
  return (
    <>
      <p className="hint">Drawing…</p>
      {stop !== undefined && (
        <button type="button" className="button nodrag" onClick={stop}>
          Stop
        </button>
      )}
    </>
  );
}

function Undrawable({ source, error }: { readonly source: string; readonly error: string }) {
  return (
    <div className="diagram-source diagram-error">
      <p role="status">{`This diagram cannot be drawn: ${visibleText(firstLine(error))}`}</p>
      <LongText text={source} />
      <details className="nodrag">
        <summary>What Mermaid says</summary>
        <LongText text={error} />
      </details>
    </div>
  );
}

/** Whether a drawing is wider than what shows it. */
function useIsWide(button: RefObject<HTMLElement | null>, isDrawn: boolean): boolean {
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const body = button.current?.closest(".card-body");
    if (body == null || !isDrawn) return undefined;
    const watch = new ResizeObserver(() => setWide(body.scrollWidth > body.clientWidth + 1));
    watch.observe(body);
    for (const part of body.children) watch.observe(part);
    return () => watch.disconnect();
  }, [button, isDrawn]);
  return isWide;
}

function firstLine(text: string): string {
  return (
    text
      .split("\n", 1)[0]
      ?.slice(0, 500)
      .replace(/[:.]*$/, ".") ?? ""
  );
}
