import type { ComponentProps, ReactElement } from "react";
import Markdown, { type Components } from "react-markdown";
import rehypeSanitize from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import { breakLongWords } from "./long-words.ts";
import { htmlAsText, readShown, type TreeNode } from "./markdown-tree.ts";
import { hasUnshownWords } from "./unshown-words.ts";

type Plugins = NonNullable<ComponentProps<typeof Markdown>["rehypePlugins"]>;
export type Plugin = Plugins[number];

/** What a text is on the page, and whether it has words that are not shown there. */
export interface ParsedMarkdown {
  readonly rendered: ReactElement;
  readonly hasUnshown: boolean;
}

/** Parses Markdown; HTML in it is text, and characters that nobody would see are marks. */
export function parseMarkdown(text: string, components: Components, highlight: Plugin | null): ParsedMarkdown {
  const shown: string[] = [];
  const plugins: Plugins = [rehypeSanitize, [readShown, shown]];
  // It colours by all of a text, so that lines are broken after it.
  const last: Plugins = highlight === null ? [breakLongWords] : [highlight, breakLongWords];
  const rendered = render(text, components, [...plugins, ...last]);
  return { rendered, hasUnshown: hasUnshownWords(text, shown) };
}

/** What {@link parseMarkdown} renders, as the tree of HTML that it is. */
export function shownTree(text: string): TreeNode {
  let shown: TreeNode | undefined;
  const keep = () => (tree: TreeNode) => void (shown = tree);
  render(text, {}, [rehypeSanitize, [readShown, []], keep]);
  return shown ?? { type: "root" };
}

function render(text: string, components: Components, rehypePlugins: Plugins): ReactElement {
  return Markdown({
    children: text,
    components,
    remarkPlugins: [remarkGfm],
    remarkRehypeOptions: { handlers: { html: htmlAsText } },
    rehypePlugins,
  });
}
