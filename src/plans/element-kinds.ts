import { isAnsweredByPerson, type PlanElement } from "./plan.ts";
import { fenced, inlineText, quoted } from "./safe-markdown.ts";

/** What the content of an element is, which says how it is shown and written. */
export type ContentForm = "markdown" | "code" | "diagram" | "wireframe" | "picture";

/** What one kind of element is, wherever a plan is kept, placed, told or taken away. The page has its icon and tone. */
export interface ElementKind {
  /** In words. */
  readonly title: string;
  readonly form: ContentForm;
  /** What such an element says beside its title and content. */
  readonly fields?: readonly ("done" | "answer" | "language")[];
  /** What tells it apart in a list of headings. */
  readonly mark?: string;
  readonly room: Room;
  /** What follows its heading, where it is more than the content as its form has it. */
  readonly toMarkdown?: (element: PlanElement) => readonly string[];
}

/** How much room an element takes of which nobody has said a size, in pixels at zoom 1. */
export interface Room {
  readonly width: number;
  /** Of a character of the content, on average. */
  readonly characterWidth: number;
  readonly lineHeight: number;
  readonly leastHeight: number;
  readonly mostHeight: number;
  /** What stands below the content. */
  readonly below?: number;
}

const prose = { characterWidth: 8, lineHeight: 21, leastHeight: 100, mostHeight: 900 };
const code = { characterWidth: 7.8, lineHeight: 19, leastHeight: 120, mostHeight: 900 };

const KINDS = {
  text: { title: "Text", form: "markdown", room: { ...prose, width: 300 } },
  task: {
    title: "Task",
    form: "markdown",
    fields: ["done"],
    room: { ...prose, width: 280 },
    toMarkdown: (task) => {
      const box = `- ${boxOf(task)} ${inlineText(task.title) || "Task"}`;
      return [task.content.trim() === "" ? box : `${box}\n\n${quoted(task.content, "  ")}`];
    },
  },
  note: { title: "Note", form: "markdown", room: { ...prose, width: 260 } },
  decision: { title: "Decision", form: "markdown", mark: "decision", room: { ...prose, width: 320 } },
  question: {
    title: "Question",
    form: "markdown",
    fields: ["answer"],
    // The answer needs a place of its own.
    room: { ...prose, width: 300, leastHeight: 180, below: 84 },
    toMarkdown: (question) => [...inForm(question), ...answerBlocks(question)],
  },
  code: { title: "Code", form: "code", fields: ["language"], room: { ...code, width: 420 } },
  // A drawing says nothing of its size before it is drawn.
  diagram: { title: "Diagram", form: "diagram", room: { ...code, width: 460, leastHeight: 320, mostHeight: 320 } },
  mockup: { title: "Mock-up", form: "wireframe", room: { ...code, width: 380, leastHeight: 200 } },
  image: { title: "Image", form: "picture", room: { ...prose, width: 360, leastHeight: 280, mostHeight: 280 } },
} as const satisfies Readonly<Record<string, ElementKind>>;

export type ElementType = keyof typeof KINDS;

/** What an element of a canvas can be. One of another type, from elsewhere, is kept and shown as text. */
export const ELEMENT_TYPES = Object.keys(KINDS) as readonly ElementType[];

/** How an element of that type is drawn: one of another program is a text. */
export function shownType(type: unknown): ElementType {
  return ELEMENT_TYPES.find((known) => known === type) ?? "text";
}

export function kindOf(type: unknown): ElementKind {
  return KINDS[shownType(type)];
}

/** The type in words. */
export function typeName(type: string): string {
  return ELEMENT_TYPES.some((known) => known === type) ? kindOf(type).title : type;
}

/** Whether its content is a picture, which is long and no text. */
export function hasPicture({ type }: { readonly type?: unknown }): boolean {
  return kindOf(type).form === "picture";
}

export function hasField({ type }: { readonly type: string }, field: "done" | "answer" | "language"): boolean {
  return kindOf(type).fields?.includes(field) === true;
}

/** What an element says below its heading, as Markdown. */
export function elementBlocks(element: PlanElement): readonly string[] {
  return (kindOf(element.type).toMarkdown ?? inForm)(element);
}

/** An URL that cannot end early between angle brackets. */
const IMAGE_URL = /^data:image\/[A-Za-z0-9.+-]+[;,][^\s<>\\]*$/;

/** The content alone. */
export function inForm({ type, title, content, language = "" }: PlanElement): readonly string[] {
  switch (kindOf(type).form) {
    case "markdown":
      return [content.trim() === "" ? "" : quoted(content)];
    case "code":
      return [fenced(content, language)];
    case "diagram":
      return [fenced(content, "mermaid")];
    case "wireframe":
      return [fenced(content, "text")];
    case "picture":
      return IMAGE_URL.test(content) ? [`![${inlineText(title)}](<${content}>)`] : [];
  }
}

/** The box of a task. */
export function boxOf({ done }: PlanElement): string {
  return `[${done === true ? "x" : " "}]`;
}

function answerBlocks(question: PlanElement): readonly string[] {
  const { answer = "", answeredBy } = question;
  if (answer.trim() === "") return ["*Not answered yet.*"];
  const whose = answeredBy === undefined ? ", nobody knows whose" : ` of ${inlineText(answeredBy)}`;
  return [isAnsweredByPerson(question) ? "**Answer:**" : `**Assumption${whose}:**`, quoted(answer)];
}
