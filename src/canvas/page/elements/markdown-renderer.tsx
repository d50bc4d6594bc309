import type { ReactElement } from "react";
import type { Components } from "react-markdown";
import { longestWord } from "./long-words.ts";
import type { TreeNode } from "./markdown-tree.ts";
import { isTooDeep } from "../../../plans/markdown-depth.ts";
import { parseMarkdown, type Plugin } from "./parse-markdown.ts";
import { safeLink } from "./safe-link.ts";
import { UnshownText } from "./unshown-text.tsx";
import { visibleText } from "../state/visible-text.ts";

const MOST_KEPT = 400;
const kept = new Map<string, ReactElement>();

const components: Components = {
  a({ href, children }) {
    const link = safeLink(href);
    if (link === null) return <span>{children}</span>;
    return (
      <a href={link} title={visibleText(link)} target="_blank" rel="noopener noreferrer" className="nodrag">
        {children}
      </a>
    );
  },
  // Of a list of tasks; the words of the item are behind it.
  input({ type, checked, disabled }) {
    return <input type={type} checked={checked} disabled={disabled} readOnly aria-label={checked ? "Done" : "Open"} />;
  },
  // A wide one is scrolled, by keys too.
  table({ node, children }) {
    return <table tabIndex={leastWidth(node as TreeNode) > NARROW ? 0 : undefined}>{children}</table>;
  },
  // The page loads nothing from elsewhere, and sanitising leaves no address of data: of an image its description is left.
  img({ alt }) {
    return <span>{visibleText(alt ?? "")}</span>;
  },
};

/** In signs: what a table on a phone has room for. */
const NARROW = 36;
const CELL_PADDING = 2;

/** Of a table, about how narrow it can be, in signs: its lines end between words. */
function leastWidth(table: TreeNode): number {
  const rows = [...all(table, "tr")].map((row) => (row.children ?? []).filter(({ type }) => type === "element"));
  const columns = rows[0]?.map((_, column) =>
    rows.reduce((most, cells) => Math.max(most, longestWord(textOf(cells[column]))), 0),
  );
  return columns?.reduce((sum, width) => sum + width + CELL_PADDING, 0) ?? 0;
}

function* all(node: TreeNode, tagName: string): Generator<TreeNode> {
  if (node.tagName === tagName) yield node;
  for (const child of node.children ?? []) yield* all(child, tagName);
}

function textOf(node: TreeNode | undefined): string {
  return node?.value ?? (node?.children ?? []).map(textOf).join("");
}

/**
 * Markdown as elements of React; HTML in it is text. The same text is parsed once. One that is nested too deep stays as
 * it is.
 *
 * @param highlight the plugin that colours code, once it is loaded
 */
export function renderMarkdown(text: string, highlight: Plugin | null): ReactElement {
  const key = keyOf(text, highlight);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const rendered = isTooDeep(text) ? plain(text) : render(text, highlight);
  if (kept.size >= MOST_KEPT) for (const oldest of [...kept.keys()].slice(0, MOST_KEPT / 4)) kept.delete(oldest);
  kept.set(key, rendered);
  return rendered;
}

/** Whether a text has been parsed, so that it is there at once. */
export function isRendered(text: string, highlight: Plugin | null): boolean {
  return kept.has(keyOf(text, highlight));
}

function keyOf(text: string, highlight: Plugin | null): string {
  return `${highlight === null ? "-" : "+"}${text}`;
}

function render(text: string, highlight: Plugin | null): ReactElement {
  try {
    const { rendered, hasUnshown } = parseMarkdown(text, components, highlight);
    if (!hasUnshown) return rendered;
    return (
      <>
        <UnshownText source={text} />
        {rendered}
      </>
    );
  } catch {
    // The parser calls itself for each level, and an error in one text would take the whole page away.
    return plain(text);
  }
}

function plain(text: string): ReactElement {
  return <div className="markdown-plain">{visibleText(text)}</div>;
}
