import type { ComponentProps, ReactElement } from "react";
import Markdown, { type Components } from "react-markdown";
import rehypeSanitize from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import { safeLink } from "./safe-link.ts";

type Plugins = NonNullable<ComponentProps<typeof Markdown>["rehypePlugins"]>;

const MOST_KEPT = 400;
const kept = new Map<string, ReactElement>();

const components: Components = {
  a({ href, children }) {
    const link = safeLink(href);
    if (link === null) return <span>{children}</span>;
    return (
      <a href={link} target="_blank" rel="noopener noreferrer" className="nodrag">
        {children}
      </a>
    );
  },
  // The page loads nothing from elsewhere, and sanitising leaves no address of data: of an image its description is left.
  img({ alt }) {
    return <span>{alt}</span>;
  },
};

/** Quotes and lists in each other: the parser's time grows with the cube of the depth, and stops the page for seconds. */
const TOO_DEEP = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])[ \t])){40}|^[ \t]{100,}(?:>|(?:[-+*]|\d{1,9}[.)])[ \t])/m;

/**
 * Markdown as elements of React; HTML in it is text. The same text is parsed once. One that is nested too deep stays as
 * it is.
 *
 * @param highlight the plugin that colours code, once it is loaded
 */
export function renderMarkdown(text: string, highlight: Plugins[number] | null): ReactElement {
  const key = `${highlight === null ? "-" : "+"}${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const rendered = TOO_DEEP.test(text) ? plain(text) : render(text, highlight);
  if (kept.size >= MOST_KEPT) for (const oldest of [...kept.keys()].slice(0, MOST_KEPT / 4)) kept.delete(oldest);
  kept.set(key, rendered);
  return rendered;
}

function render(text: string, highlight: Plugins[number] | null): ReactElement {
  try {
    return Markdown({
      children: text,
      components,
      remarkPlugins: [remarkGfm],
      rehypePlugins: highlight === null ? [rehypeSanitize] : [rehypeSanitize, highlight],
    });
  } catch {
    // The parser calls itself for each level, and an error in one text would take the whole page away.
    return plain(text);
  }
}

function plain(text: string): ReactElement {
  return <div className="markdown-plain">{text}</div>;
}
