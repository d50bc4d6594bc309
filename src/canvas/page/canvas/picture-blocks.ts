import type { TreeNode } from "../elements/markdown-tree.ts";
import { shownTree } from "../elements/parse-markdown.ts";

export interface TableCell {
  readonly text: string;
  readonly align: "start" | "middle" | "end";
}

/** A text with its lines, or a table: its rows, the first of which is its head. */
export type PictureBlock = string | readonly (readonly TableCell[])[];

const BLOCKS = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "blockquote", "table", "hr"]);
const ALIGNS: Readonly<Record<string, TableCell["align"]>> = { center: "middle", right: "end" };

/** Markdown as the page shows it, in what a picture is drawn from: without its marks, with dots for the items of lists. */
export function pictureBlocks(markdown: string): PictureBlock[] {
  return joined(blocksOf(shownTree(markdown)));
}

function blocksOf({ children = [] }: TreeNode): PictureBlock[] {
  const blocks: PictureBlock[] = [];
  // In an item of a list, text and blocks stand side by side.
  let line: TreeNode[] = [];
  const endLine = () => {
    const text = textOf({ type: "root", children: line }).trim();
    if (text !== "") blocks.push(text);
    line = [];
  };
  for (const child of children) {
    if (BLOCKS.has(child.tagName ?? "")) {
      endLine();
      blocks.push(...blockOf(child));
    } else {
      line.push(child);
    }
  }
  endLine();
  return blocks;
}

function blockOf(node: TreeNode): PictureBlock[] {
  switch (node.tagName ?? "") {
    case "table":
      return [rowsOf(node)];
    case "ul":
    case "ol":
      return itemsOf(node);
    case "hr":
      return ["———"];
    case "pre":
      return [textOf(node).trimEnd()];
    default:
      return blocksOf(node);
  }
}

function itemsOf(list: TreeNode): PictureBlock[] {
  const items = (list.children ?? []).filter(({ tagName }) => tagName === "li");
  const first = Number(list.properties?.["start"] ?? 1);
  const blocks = items.flatMap((item, index): PictureBlock[] => {
    const mark = list.tagName === "ol" ? `${first + index}. ` : "• ";
    const parts = joined(blocksOf(item), "\n");
    const [head = "", ...more] = parts;
    const start = typeof head === "string" ? [mark + indented(head)] : [mark.trimEnd(), head];
    return [...start, ...more.map((part) => (typeof part === "string" ? `  ${indented(part)}` : part))];
  });
  return joined(blocks, "\n");
}

function indented(text: string): string {
  return text.replaceAll("\n", "\n  ");
}

/** Texts that follow each other are one. */
function joined(blocks: readonly PictureBlock[], between = "\n\n"): PictureBlock[] {
  const parts: PictureBlock[] = [];
  for (const block of blocks) {
    const last = parts.at(-1);
    if (typeof block === "string" && typeof last === "string") parts[parts.length - 1] = last + between + block;
    else parts.push(block);
  }
  return parts;
}

function rowsOf(table: TreeNode): TableCell[][] {
  const rows = descendants(table, "tr");
  return rows.map((row) =>
    (row.children ?? [])
      .filter(({ tagName }) => tagName === "th" || tagName === "td")
      .map((cell) => ({ text: textOf(cell).trim(), align: ALIGNS[String(cell.properties?.["align"])] ?? "start" })),
  );
}

function descendants(node: TreeNode, tagName: string): TreeNode[] {
  return (node.children ?? []).flatMap((child) => (child.tagName === tagName ? [child] : descendants(child, tagName)));
}

function textOf(node: TreeNode): string {
  if (node.type === "text") return node.value ?? "";
  const { alt, checked } = node.properties ?? {};
  if (node.tagName === "img") return typeof alt === "string" ? alt : "";
  if (node.tagName === "input") return checked === true ? "☑" : "☐";
  const { children = [] } = node;
  return children
    .map((child, at) => {
      if (child.tagName !== "br") return textOf(child);
      // The end of the line in Markdown stands behind it.
      return children[at + 1]?.value?.startsWith("\n") === true ? "" : "\n";
    })
    .join("");
}
