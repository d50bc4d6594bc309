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
  /** That of its front matter, or the only heading of the highest level, where it comes first. */
  readonly title?: string;
  readonly elements: readonly MarkdownElement[];
}

/** A fence of backticks has none behind it, else it is code in a line. */
const FENCE = /^ {0,3}(?<mark>`{3,}(?!.*`)|~{3,})\s*(?<language>[^\s`{]*)/;
const FRONT_MATTER = /^---\n(?=[\w-]+\s*:)(?<fields>[\s\S]*?)\n(?:---|\.\.\.)(?:\n|$)/;
const RULE = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const HEADING = /^ {0,3}(?<level>#{1,6})\s+(?<text>.+?)\s*#*\s*$/;
const UNDERLINE = /^ {0,3}(?<mark>=+|-+)\s*$/;
const ITEM = /^(?<indent> {0,3})(?:[-*+]|\d{1,9}[.)])\s+(?:\[(?<box>[ xX])\]\s+)?(?<text>\S.*)$/;
const QUOTE = /^ {0,3}> ?(?<text>.*)$/;
const MOCKUPS = new Set(["mockup", "mock-up", "wireframe", "ascii"]);
const MOST_TITLE = 120;
/** What the name of a section can hold. */
const MOST_HEADING = 200;

type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "item"; readonly text: string; readonly done: boolean | undefined; readonly lines: string[] }
  | { readonly kind: "fence"; readonly language: string; readonly lines: string[] }
  | { readonly kind: "quote" | "prose"; readonly lines: string[] };

/**
 * A plan as Markdown has it: headings are sections (deeper ones what stands in them, or, with tasks, sections too), the items of
 * lists tasks, code and diagrams elements of their own, and what is quoted notes; the rest is text under its heading.
 * Of front matter there is the title.
 */
export function markdownPlan(markdown: string): MarkdownPlan {
  const text = markdown.replaceAll(/\r\n?/g, "\n");
  const front = FRONT_MATTER.exec(text);
  const blocks = blocksOf(text.slice(front?.[0].length ?? 0));
  const levels = blocks.flatMap((block) => (block.kind === "heading" ? [block.level] : []));
  const [first] = blocks;
  const isTitled =
    first?.kind === "heading" && levels.filter((level) => level <= first.level).length === 1 && levels.length > 1;
  const title = isTitled ? first.text : titleIn(front?.groups?.["fields"] ?? "");
  const top = Math.min(...levels.slice(isTitled ? 1 : 0));
  const elements: MarkdownElement[] = [];
  let section = "";
  let within = { section: "", level: top };
  for (const { heading, level, blocks: own, isAlone } of partsOf(isTitled ? blocks.slice(1) : blocks)) {
    if (level <= top) section = heading;
    const hasTasks = level > top && own.some(({ kind }) => kind === "item");
    // What stands deeper belongs to it.
    if (hasTasks) within = { section: [section, heading].filter(Boolean).join(": "), level };
    else if (level <= within.level) within = { section, level: top };
    const made = own.flatMap((block) => elementOf(block, heading || (isTitled ? first.text : "")) ?? []);
    // A heading with nothing below it is said all the same.
    const said = made.length === 0 && isAlone ? [{ type: "text", title: heading, content: "" } as const] : made;
    elements.push(
      ...said.map((element) => ({
        ...element,
        ...(within.section !== "" && { section: shortened(within.section, MOST_HEADING) }),
      })),
    );
  }
  return { ...(title !== undefined && { title }), elements };
}

/** What stands under one heading, up to the next. */
interface Part {
  readonly heading: string;
  readonly level: number;
  readonly blocks: Exclude<Block, { kind: "heading" }>[];
  /** There is a heading, and none within it. */
  isAlone: boolean;
}

function partsOf(blocks: readonly Block[]): readonly Part[] {
  const parts: Part[] = [{ heading: "", level: Infinity, blocks: [], isAlone: false }];
  for (const block of blocks) {
    const last = parts.at(-1);
    if (block.kind !== "heading") last?.blocks.push(block);
    else {
      if (last !== undefined && block.level > last.level) last.isAlone = false;
      parts.push({ heading: block.text, level: block.level, blocks: [], isAlone: true });
    }
  }
  return parts;
}

function titleIn(fields: string): string | undefined {
  return /^title\s*:\s*(?<mark>["']?)(?<title>.*\S)\k<mark>\s*$/m.exec(fields)?.groups?.["title"];
}

function elementOf(block: Exclude<Block, { kind: "heading" }>, heading: string): MarkdownElement | undefined {
  const text = block.lines
    .join("\n")
    .replace(/^(?:[ \t]*\n)+/, "")
    .trimEnd();
  switch (block.kind) {
    case "item": {
      const title = plain(block.text);
      const isShort = title.length <= MOST_TITLE;
      // What the title cannot hold, the address of a link say, is in the text.
      const isWhole = isShort && !LINK.test(block.text);
      const content = [isWhole ? "" : block.text.trim(), withoutIndent(block.lines)].filter(Boolean).join("\n\n");
      return { type: "task", title: shortened(title, MOST_TITLE), content, ...(block.done === true && { done: true }) };
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
  for (const line of markdown.split("\n")) {
    const last = blocks.at(-1);
    if (fence !== undefined) {
      const isEnd = line.trim().startsWith(fence.mark) && /^[`~]+$/.test(line.trim());
      if (last !== undefined && "lines" in last && (!isEnd || fence.isInItem)) last.lines.push(line);
      if (isEnd) fence = undefined;
      continue;
    }
    const isInItem =
      last?.kind === "item" && (line.trim() === "" || /^(?: {2,}|\t)\s*\S/.test(line) || goesOn(last, line));
    const begins = FENCE.exec(isInItem ? line.trim() : line)?.groups;
    if (begins !== undefined) fence = { mark: begins["mark"] ?? "```", isInItem };
    if (isInItem) last.lines.push(line);
    else if (begins !== undefined) blocks.push({ kind: "fence", language: begins["language"] ?? "", lines: [] });
    else addLine(blocks, line);
  }
  return blocks;
}

/** Whether a line that is not indented belongs to the item before it all the same: nothing is between them, nor begins with it. */
function goesOn(item: Extract<Block, { kind: "item" }>, line: string): boolean {
  const begins = [HEADING, ITEM, QUOTE, RULE, FENCE, UNDERLINE].some((begin) => begin.test(line));
  return !begins && item.lines.at(-1)?.trim() !== "";
}

function addLine(blocks: Block[], line: string): void {
  const last = blocks.at(-1);
  const heading = HEADING.exec(line)?.groups;
  if (heading !== undefined) {
    blocks.push({ kind: "heading", level: heading["level"]?.length ?? 1, text: headingOf(heading["text"] ?? "") });
    return;
  }
  const under = UNDERLINE.exec(line)?.groups?.["mark"];
  if (under !== undefined && last?.kind === "prose" && last.lines.at(-1)?.trim()) {
    const text = headingOf(last.lines.pop() ?? "");
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
  const text = quoted ?? (RULE.test(line) ? "" : line);
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

function headingOf(line: string): string {
  return shortened(plain(line), MOST_HEADING);
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}

const LINK = /!?\[([^\]]+)\]\([^)]*\)/;

/** What a title can hold of a line: code and bold, of links and pictures the words. */
function plain(text: string): string {
  return text
    .replaceAll(new RegExp(LINK, "g"), "$1")
    .replaceAll(/(?<!\w)__(?=\S)(.+?)__(?!\w)/g, "$1")
    .trim();
}
