import { memo } from "react";
import { create } from "zustand";
import { fenced } from "./fenced.ts";
import type { renderMarkdown } from "./markdown-renderer.tsx";

type Render = typeof renderMarkdown;
type Highlight = Parameters<Render>[1];

/** What is loaded after the first paint: until then text is shown as it is. */
const useRenderer = create<{ readonly render: Render | null; readonly highlight: Highlight }>(() => ({
  render: null,
  highlight: null,
}));

let loading: Promise<void> | null = null;
let loadingHighlight: Promise<void> | null = null;

/** Loads the Markdown renderer, once. */
export async function loadMarkdown(): Promise<void> {
  loading ??= (async () => {
    try {
      const { renderMarkdown } = await import("./markdown-renderer.tsx");
      useRenderer.setState({ render: renderMarkdown });
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

/** Markdown, sanitised; code in it is coloured. */
export const MarkdownText = memo(function MarkdownText({ text }: { readonly text: string }) {
  const { render, highlight } = useRenderer();
  const hasCode = text.includes("```") || text.includes("~~~");
  if (render === null) {
    void loadMarkdown();
    return <div className="markdown markdown-plain">{text}</div>;
  }
  if (hasCode && highlight === null) void loadHighlight();
  return <div className="markdown">{render(text, hasCode ? highlight : null)}</div>;
});

/** Code of one language, coloured. */
export const CodeText = memo(function CodeText(props: { readonly code: string; readonly language: string }) {
  return <MarkdownText text={fenced(props.code, props.language)} />;
});
