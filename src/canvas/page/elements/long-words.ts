import type { TreeNode } from "./markdown-tree.ts";

/** Addresses, paths and names of so many signs and more, which seldom fit into a line. */
const LONG = /\S{25,}/g;
const BEHIND_SIGN = /(?<=[/_.?&=:-])(?=[^/_.?&=:-])/;

/** A text in pieces between which a line may end: in long words behind their signs. */
export function linePieces(text: string): readonly string[] {
  return text.replaceAll(LONG, (word) => word.split(BEHIND_SIGN).join("\0")).split("\0");
}

/** A line ends at blanks, behind hyphens, and anywhere between signs of East Asia. */
const WHOLE = /[^\s\-\u2010\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;

/** How many signs the longest word has, which no line should end in. */
export function longestWord(text: string): number {
  const words = linePieces(text).flatMap((piece) => piece.match(WHOLE) ?? []);
  return words.reduce((most, word) => Math.max(most, word.length), 1);
}

/** {@link linePieces} in a tree of HTML, but for code with lines of its own. */
export function breakLongWords() {
  return breakIn;
}

function breakIn(node: TreeNode): void {
  if (node.children === undefined || node.tagName === "pre") return;
  node.children = node.children.flatMap((child): readonly TreeNode[] => {
    breakIn(child);
    if (child.type !== "text") return [child];
    return linePieces(child.value ?? "").flatMap((value, index) => {
      const text: TreeNode = { type: "text", value };
      return index === 0 ? [text] : [{ type: "element", tagName: "wbr", properties: {}, children: [] }, text];
    });
  });
}
