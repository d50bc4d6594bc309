/** An element as Markdown has it. */
export interface MarkdownElement {
  readonly type: "text" | "task" | "note" | "code" | "diagram" | "mockup";
  readonly title: string;
  readonly content: string;
  readonly section?: string;
  readonly language?: string;
  readonly done?: boolean;
}

export interface MarkdownPlan {
  /** The only heading of the highest level, where it comes first. */
  readonly title?: string;
  readonly elements: readonly MarkdownElement[];
}

const FENCE = /^ {0,3}(?<mark>`{3,}|~{3,})\s*(?<language>[^\s`{]*)/;
const HEADING = /^ {0,3}(?<level>#{1,6})\s+(?<text>.+?)\s*#*\s*$/;
const UNDERLINE = /^ {0,3}(?<mark>=+|-+)\s*$/;
const ITEM = /^(?<indent> {0,3})(?:[-*+]|\d{1,9}[.)])\s+(?:\[(?<box>[ xX])\]\s+)?(?<text>\S.*)$/;
const QUOTE = /^ {0,3}> ?(?<text>.*)$/;
const MOCKUPS = new Set(["mockup", "mock-up", "wireframe", "ascii"]);
const MOST_TITLE = 120;

type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "item"; readonly text: string; readonly done: boolean | undefined; readonly lines: string[] }
  | { readonly kind: "fence"; readonly language: string; readonly lines: string[] }
  | { readonly kind: "quote" | "prose"; readonly lines: string[] };

/**
 * A plan as Markdown has it: headings are sections (deeper ones what stands in them), the items of lists tasks, code and
 * diagrams elements of their own, and what is quoted notes; the rest is text under its heading.
 */
export function markdownPlan(markdown: string): MarkdownPlan {
  const blocks = blocksOf(markdown.replace(/^---\n[\s\S]*?\n---\n/, ""));
  const levels = blocks.flatMap((block) => (block.kind === "heading" ? [block.level] : []));
  const [first] = blocks;
  const isTitled =
    first?.kind === "heading" && levels.filter((level) => level <= first.level).length === 1 && levels.length > 1;
  const rest = isTitled ? blocks.slice(1) : blocks;
  const top = Math.min(...levels.slice(isTitled ? 1 : 0));
  const elements: MarkdownElement[] = [];
  let section = "";
  let heading = isTitled ? first.text : "";
  for (const block of rest) {
    if (block.kind === "heading") {
      heading = block.text;
      if (block.level <= top) section = block.text;
      continue;
    }
    const element = elementOf(block, heading);
    if (element !== undefined) elements.push({ ...element, ...(section !== "" && { section }) });
  }
  return { ...(isTitled && { title: first.text }), elements };
}

function elementOf(block: Exclude<Block, { kind: "heading" }>, heading: string): MarkdownElement | undefined {
  const text = block.lines.join("\n").trim();
  switch (block.kind) {
    case "item": {
      const title = plain(block.text);
      const isLong = title.length > MOST_TITLE;
      const content = [isLong ? block.text.trim() : "", withoutIndent(block.lines)].filter(Boolean).join("\n\n");
      const short = isLong ? `${title.slice(0, MOST_TITLE - 1).trimEnd()}…` : title;
      return { type: "task", title: short, content, ...(block.done === true && { done: true }) };
    }
    case "fence": {
      const language = block.language.toLowerCase();
      const content = block.lines.join("\n");
      if (content.trim() === "") return undefined;
      if (language === "mermaid") return { type: "diagram", title: heading || "Diagram", content };
      if (MOCKUPS.has(language)) return { type: "mockup", title: heading || "Mock-up", content };
      return { type: "code", title: heading || "Code", content, ...(language !== "" && { language }) };
    }
    case "quote":
      return text === "" ? undefined : { type: "note", title: heading || "Note", content: text };
    case "prose":
      return text === "" ? undefined : { type: "text", title: heading || "Text", content: text };
  }
}

function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let fence: { readonly mark: string; readonly isInItem: boolean } | undefined;
  for (const line of markdown.split(/\r?\n/)) {
    const last = blocks.at(-1);
    if (fence !== undefined) {
      const isEnd = line.trim().startsWith(fence.mark) && /^[`~]+$/.test(line.trim());
      if (last !== undefined && "lines" in last && (!isEnd || fence.isInItem)) last.lines.push(line);
      if (isEnd) fence = undefined;
      continue;
    }
    const isInItem = last?.kind === "item" && (/^\s{2,}\S/.test(line) || line.trim() === "");
    const begins = FENCE.exec(isInItem ? line.trim() : line)?.groups;
    if (begins !== undefined) fence = { mark: begins["mark"] ?? "```", isInItem };
    if (isInItem) last.lines.push(line);
    else if (begins !== undefined) blocks.push({ kind: "fence", language: begins["language"] ?? "", lines: [] });
    else addLine(blocks, line);
  }
  return blocks;
}

function addLine(blocks: Block[], line: string): void {
  const last = blocks.at(-1);
  const heading = HEADING.exec(line)?.groups;
  if (heading !== undefined) {
    blocks.push({ kind: "heading", level: heading["level"]?.length ?? 1, text: plain(heading["text"] ?? "") });
    return;
  }
  const under = UNDERLINE.exec(line)?.groups?.["mark"];
  if (under !== undefined && last?.kind === "prose" && last.lines.at(-1)?.trim()) {
    const text = plain(last.lines.pop() ?? "");
    if (last.lines.length === 0) blocks.pop();
    blocks.push({ kind: "heading", level: under.startsWith("=") ? 1 : 2, text });
    return;
  }
  const item = ITEM.exec(line)?.groups;
  if (item !== undefined) {
    const box = item["box"];
    const done = box === undefined ? undefined : box.toLowerCase() === "x";
    blocks.push({ kind: "item", text: item["text"] ?? "", done, lines: [] });
    return;
  }
  const quoted = QUOTE.exec(line)?.groups?.["text"];
  const kind = quoted === undefined ? "prose" : "quote";
  const text = quoted ?? (/^ {0,3}(?:\*\s*){3,}$|^ {0,3}(?:-\s*){3,}$|^ {0,3}(?:_\s*){3,}$/.test(line) ? "" : line);
  if (last?.kind === kind) last.lines.push(text);
  else if (text.trim() !== "") blocks.push({ kind, lines: [text] });
}

function withoutIndent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const least = Math.min(...indents);
  return lines
    .map((line) => line.slice(Math.min(least, line.length)))
    .join("\n")
    .trim();
}

/** A title's words without the marks of Markdown around them. */
function plain(text: string): string {
  return text
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replaceAll(/(\*\*|__|`)(.+?)\1/g, "$2")
    .trim();
}
