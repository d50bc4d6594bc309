import { memo, useEffect, useState, type ReactNode } from "react";
import { create } from "zustand";
import { fenced } from "./fenced.ts";
import { ShowAll } from "./long-text.tsx";
import { markdownParts, type MarkdownPart } from "./markdown-parts.ts";
import { hasTime, spend, whenThereIsTime } from "./spare-time.ts";
import { visibleText } from "../state/visible-text.ts";

type Renderer = typeof import("./markdown-renderer.tsx");
type Highlight = Parameters<Renderer["renderMarkdown"]>[1];

/** What is loaded after the first paint: until then text is shown as it is. */
const useRenderer = create<{ readonly renderer: Renderer | null; readonly highlight: Highlight }>(() => ({
  renderer: null,
  highlight: null,
}));

let loading: Promise<void> | null = null;
let loadingHighlight: Promise<void> | null = null;

/** Loads the Markdown renderer, once. */
export async function loadMarkdown(): Promise<void> {
  loading ??= (async () => {
    try {
      useRenderer.setState({ renderer: await import("./markdown-renderer.tsx") });
    } catch {
      // No connection: text stays plain, and the next one to be shown tries again.
      loading = null;
    }
  })();
  await loading;
}

async function loadHighlight(): Promise<void> {
  loadingHighlight ??= (async () => {
    try {
      const { default: highlight } = await import("rehype-highlight");
      useRenderer.setState({ highlight: [highlight, { detect: false }] });
    } catch {
      // No connection: code stays plain, and the next one to be shown tries again.
      loadingHighlight = null;
    }
  })();
  await loadingHighlight;
}

/** Markdown, sanitised; code in it is coloured. Of a very long one the first part is shown until all of it is asked for. */
export const MarkdownText = memo(function MarkdownText({ text }: { readonly text: string }) {
  const [all, setAll] = useState(false);
  const parts = markdownParts(text);
  const first = parts.next().value;
  const rest = all ? [...parts] : [];
  const isCut = !all && parts.next().value !== undefined;
  return (
    <div className="markdown">
      {first !== undefined && <Part part={first} />}
      {/* oxlint-disable-next-line react/no-array-index-key -- a part is its place */}
      {rest.map((part, index) => (
        <Part key={index} part={part} />
      ))}
      {isCut && <ShowAll length={text.length} show={() => setAll(true)} />}
    </div>
  );
});

function Part({ part: { text, isPlain } }: { readonly part: MarkdownPart }) {
  const rendered = useRendered(text, isPlain);
  return rendered ?? <div className="markdown-plain">{visibleText(text)}</div>;
}

/** @returns null while the text is shown as it is written: what is not parsed yet waits where the page has no time */
function useRendered(text: string, isPlain: boolean): ReactNode {
  const { renderer, highlight } = useRenderer();
  const hasCode = text.includes("```") || text.includes("~~~");
  const colour = hasCode ? highlight : null;
  const [later, setLater] = useState<{ readonly of: string; readonly is: ReactNode } | null>(null);
  const isReady = renderer !== null && !isPlain && (renderer.isRendered(text, colour) || hasTime());
  const waits = !isPlain && !isReady && renderer !== null;
  useEffect(() => {
    if (isPlain) return undefined;
    if (renderer === null) void loadMarkdown();
    else if (hasCode && colour === null) void loadHighlight();
    if (!waits) return undefined;
    return whenThereIsTime(() => setLater({ of: text, is: renderer.renderMarkdown(text, colour) }));
  }, [waits, isPlain, renderer, hasCode, colour, text]);
  if (isReady) return spend(() => renderer.renderMarkdown(text, colour));
  return later?.of === text ? later.is : null;
}

/** Code of one language, coloured. */
export const CodeText = memo(function CodeText(props: { readonly code: string; readonly language: string }) {
  return <MarkdownText text={fenced(props.code, props.language)} />;
});
