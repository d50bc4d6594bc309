import { fromMarkdown } from "mdast-util-from-markdown";
import { isTooDeep } from "./markdown-depth.ts";

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

const FRONT_MATTER = /^---\n(?=[\w-]+\s*:)(?<fields>[\s\S]*?)\n(?:---|\.\.\.)(?:\n|$)/;
const BOX = /^\[(?<box>[ xX])\]\s+(?=\S)/;
const FENCE = /^(?:`{3}|~{3})/;
const MOCKUPS = new Set(["mockup", "mock-up", "wireframe", "ascii"]);
/** More would be parsed for seconds, and no model writes it in one call. */
const MOST_PARSED = 100_000;
const MOST_TITLE = 120;
/** What the name of a section can hold. */
const MOST_HEADING = 200;

type Node = ReturnType<typeof fromMarkdown>["children"][number];
type ListItem = Extract<Node, { type: "list" }>["children"][number];

/** What stands under one heading, up to the next. */
interface Part {
  readonly heading: string;
  readonly level: number;
  readonly nodes: readonly Node[];
}

/**
 * A plan as Markdown has it: headings are sections (deeper ones what stands in them, or, with tasks, sections too), the items of
 * lists tasks, fenced code and diagrams elements of their own, and what is quoted notes; the rest is text under its heading.
 * Of front matter there is the title. What is too long or nested too deep to be parsed is one text.
 */
export function markdownPlan(markdown: string): MarkdownPlan {
  const text = markdown.replaceAll(/\r\n?/g, "\n");
  const front = FRONT_MATTER.exec(text);
  const body = text.slice(front?.[0].length ?? 0);
  if (body.length > MOST_PARSED || isTooDeep(body))
    return { elements: [{ type: "text", title: "Text", content: body.trim() }] };
  const all = partsOf(body);
  const [before, first, ...rest] = all;
  const isTitled =
    first !== undefined &&
    before?.nodes.every(isRule) &&
    rest.length > 0 &&
    rest.every(({ level }) => level > first.level);
  const title = isTitled ? first.heading : titleIn(front?.groups?.["fields"] ?? "");
  const parts = isTitled ? [{ ...first, heading: "", level: Infinity }, ...rest] : all;
  const top = Math.min(...parts.map(({ level }) => level));
  let section = "";
  let within = { section: "", level: top };
  const elements = parts.flatMap(({ heading, level, nodes }, index) => {
    const own = elementsOf(nodes, heading || (isTitled ? first.heading : ""), body);
    if (level <= top) section = heading;
    // What stands deeper belongs to it.
    if (level > top && own.some(({ type }) => type === "task"))
      within = { section: [section, heading].filter(Boolean).join(": "), level };
    else if (level <= within.level) within = { section, level: top };
    // A heading with nothing below it is said all the same.
    const isAlone = own.length === 0 && heading !== "" && (parts[index + 1]?.level ?? 0) <= level;
    const said = isAlone ? [{ type: "text", title: heading, content: "" } as const] : own;
    const name = shortened(within.section, MOST_HEADING);
    return said.map((element) => ({ ...element, ...(name !== "" && { section: name }) }));
  });
  return { ...(title !== undefined && { title }), elements };
}

/** The first is what stands before all headings. */
function partsOf(body: string): readonly Part[] {
  const parts: (Part & { readonly nodes: Node[] })[] = [{ heading: "", level: Infinity, nodes: [] }];
  for (const node of fromMarkdown(body).children) {
    if (node.type !== "heading") parts.at(-1)?.nodes.push(node);
    else parts.push({ heading: shortened(plain(inside(node, body)), MOST_HEADING), level: node.depth, nodes: [] });
  }
  return parts;
}

function titleIn(fields: string): string | undefined {
  return /^title\s*:\s*(?<mark>["']?)(?<title>.*\S)\k<mark>\s*$/m.exec(fields)?.groups?.["title"];
}

function elementsOf(nodes: readonly Node[], heading: string, body: string): readonly MarkdownElement[] {
  const elements: MarkdownElement[] = [];
  let prose: Node[] = [];
  const proseEnds = () => {
    // Rules divide; at an edge there is nothing to be divided.
    const first = prose.find((node) => !isRule(node));
    const last = prose.findLast((node) => !isRule(node));
    prose = [];
    if (first === undefined || last === undefined) return;
    const content = body.slice(body.lastIndexOf("\n", startOf(first) - 1) + 1, endOf(last)).trimEnd();
    elements.push({ type: "text", title: heading || "Text", content });
  };
  for (const node of nodes) {
    const made = elementsIn(node, heading, body);
    if (made === undefined) prose.push(node);
    else {
      proseEnds();
      elements.push(...made);
    }
  }
  proseEnds();
  return elements;
}

/** `undefined`: it is text, together with what is beside it. */
function elementsIn(node: Node, heading: string, body: string): readonly MarkdownElement[] | undefined {
  if (node.type === "list") return node.children.flatMap((item) => taskOf(item, heading, body) ?? []);
  const source = body.slice(startOf(node), endOf(node));
  if (node.type === "blockquote") {
    const content = source.replaceAll(/^ {0,3}> ?/gm, "").trim();
    return content === "" ? [] : [{ type: "note", title: heading || "Note", content }];
  }
  if (node.type !== "code" || !FENCE.test(source)) return undefined;
  const content = node.value;
  if (content.trim() === "") return [];
  const language = /^[^\s{]*/.exec(node.lang ?? "")?.[0].toLowerCase() ?? "";
  if (language === "mermaid") return [{ type: "diagram", title: heading || "Diagram", content }];
  if (MOCKUPS.has(language)) return [{ type: "mockup", title: heading || "Mock-up", content }];
  return [{ type: "code", title: heading || "Code", content, ...(language !== "" && { language }) }];
}

function taskOf(item: ListItem, heading: string, body: string): MarkdownElement | undefined {
  const [first] = item.children;
  if (first === undefined) return undefined;
  const isSaid = first.type === "paragraph" || first.type === "heading";
  const [line = "", ...rest] = body.slice(startOf(first), endOf(item)).split("\n");
  const box = isSaid ? BOX.exec(line) : null;
  const words = line.slice(box?.[0].length ?? 0).trim();
  const title = isSaid ? plain(first.type === "heading" ? inside(first, body) : words) : heading || "Task";
  // What the title cannot hold, the address of a link say, is in the text.
  const isWhole = isSaid && title.length <= MOST_TITLE && !LINK.test(words);
  const below = withoutIndent(rest);
  const content = isSaid ? [isWhole ? "" : words, below].filter(Boolean).join("\n\n") : `${line}\n${below}`.trim();
  const done = box?.groups?.["box"]?.toLowerCase() === "x";
  return { type: "task", title: shortened(title, MOST_TITLE), content, ...(done && { done }) };
}

function isRule({ type }: Node): boolean {
  return type === "thematicBreak";
}

/** Of a heading, what it says. */
function inside({ children }: Extract<Node, { type: "heading" }>, body: string): string {
  const [first] = children;
  const last = children.at(-1);
  return first && last ? body.slice(startOf(first), endOf(last)).replaceAll(/\s*\n\s*/g, " ") : "";
}

function startOf({ position }: Node | ListItem): number {
  return position?.start.offset ?? 0;
}

function endOf({ position }: Node | ListItem): number {
  return position?.end.offset ?? 0;
}

function withoutIndent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const least = Math.min(...indents);
  return lines
    .map((line) => line.slice(Math.min(least, line.length)))
    .join("\n")
    .trim();
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
