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
  // The page may show data only: of an image elsewhere its description is left.
  img({ src, alt }) {
    if (typeof src === "string" && src.startsWith("data:image/")) return <img src={src} alt={alt ?? ""} />;
    return <span>{alt}</span>;
  },
};

/**
 * Markdown as elements of React; HTML in it is text. The same text is parsed once.
 *
 * @param highlight the plugin that colours code, once it is loaded
 */
export function renderMarkdown(text: string, highlight: Plugins[number] | null): ReactElement {
  const key = `${highlight === null ? "-" : "+"}${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const rendered = Markdown({
    children: text,
    components,
    remarkPlugins: [remarkGfm],
    rehypePlugins: highlight === null ? [rehypeSanitize] : [rehypeSanitize, highlight],
  });
  if (kept.size >= MOST_KEPT) for (const oldest of [...kept.keys()].slice(0, MOST_KEPT / 4)) kept.delete(oldest);
  kept.set(key, rendered);
  return rendered;
}
