import { safeLink } from "./safe-link.ts";
import { unescaped } from "./unshown-words.ts";
import { visibleText } from "../state/visible-text.ts";

/** A longer address is not seen whole where a browser shows it. */
const MOST_OF_AN_ADDRESS = 200;

/** What the trees of Markdown and of HTML share. */
export interface TreeNode {
  readonly type: string;
  value?: string;
  readonly tagName?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  children?: readonly TreeNode[];
}

const TEXT_PARENTS = new Set([
  "paragraph",
  "heading",
  "emphasis",
  "strong",
  "delete",
  "link",
  "linkReference",
  "tableCell",
]);

/** HTML in Markdown as the text that it is, its lines kept. The sanitiser would drop it. */
export function htmlAsText(_state: unknown, node: { readonly value: string }, parent?: TreeNode) {
  if (parent !== undefined && TEXT_PARENTS.has(parent.type)) return { type: "text" as const, value: node.value };
  const lines = node.value.split("\n").flatMap((line, index) => {
    const text = { type: "text" as const, value: line };
    const end = { type: "element" as const, tagName: "br", properties: {}, children: [] };
    return index === 0 ? [text] : [end, text];
  });
  return { type: "element" as const, tagName: "p", properties: {}, children: lines };
}

/** Makes characters visible that nobody would see, and collects all that is shown. */
export function readShown(shown: string[]) {
  return (tree: TreeNode): void => read(tree, shown);
}

function read(node: TreeNode, shown: string[]): void {
  if (node.type === "text" && node.value !== undefined) {
    node.value = visibleText(node.value);
    shown.push(node.value);
  }
  const { href, alt } = node.properties ?? {};
  if (node.tagName === "a" && typeof href === "string" && href.length <= MOST_OF_AN_ADDRESS && safeLink(href) !== null)
    shown.push(unescaped(href));
  if (node.tagName === "img" && typeof alt === "string") shown.push(alt);
  for (const child of node.children ?? []) read(child, shown);
}
