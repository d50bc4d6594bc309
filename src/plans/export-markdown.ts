import { boxOf, elementBlocks, hasField, inForm, kindOf } from "./element-kinds.ts";
import type { Plan, PlanComment, PlanElement, Review } from "./plan.ts";
import type { StoredPlan } from "./plan-store-port.ts";
import { inReadingOrder } from "./reading-order.ts";
import { standingWords } from "./standing-words.ts";
import { sectionOf } from "./sections.ts";
import { inlineText, oneLine, quoted } from "./safe-markdown.ts";

/**
 * A plan as one Markdown document: its elements in reading order, then the connections, then the comments. Texts of
 * people and agents stay in their places, whatever Markdown or HTML is in them.
 */
export function exportMarkdown(stored: StoredPlan): string {
  return wholePlan(stored, "below");
}

/** As {@link exportMarkdown}, for a person who reads it as it is: no title of a task is there twice. */
export function readablePlan(stored: StoredPlan): string {
  return wholePlan(stored, "in_heading");
}

/** Where the box of a task stands. */
type Boxes = "below" | "in_heading";

function wholePlan(stored: StoredPlan, boxes: Boxes): string {
  const { plan, meta } = stored;
  const standing = standingWords(stored, meta.review.decision);
  const status = `**Status:** ${meta.status}${standing === undefined ? "" : ` (${standing})`}`;
  return asText([
    `# ${inlineText(plan.title) || "Plan"}`,
    status,
    ...reviewBlocks(meta.review),
    ...partBlocks(plan, boxes),
  ]);
}

/** Some elements as Markdown, with the connections between them. */
export function exportElements(plan: Plan, ids: ReadonlySet<string>): string {
  const elements = plan.elements.filter(({ id }) => ids.has(id));
  const connections = plan.connections.filter(({ from, to }) => ids.has(from) && ids.has(to));
  return asText(partBlocks({ elements, connections, comments: [] }, "below"));
}

function asText(blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function partBlocks(plan: Pick<Plan, "elements" | "connections" | "comments">, boxes: Boxes): readonly string[] {
  const blocks: string[] = [];
  const elements = inReadingOrder(plan);
  const names = new Map(elements.map((element, index) => [element.id, `${index + 1}. ${nameOf(element)}`]));
  let section: string | undefined;
  for (const element of elements) {
    const own = sectionOf(element);
    if (own !== undefined && own !== section) blocks.push(`# ${inlineText(own)}`);
    section = own;
    const name = names.get(element.id) ?? "";
    const isInHeading = hasField(element, "done") && boxes === "in_heading";
    const { mark } = kindOf(element.type);
    const head = `${isInHeading ? `${boxOf(element)} ` : ""}${name}${mark === undefined ? "" : ` (${mark})`}`;
    blocks.push(`## ${head}`, ...(isInHeading ? inForm(element) : elementBlocks(element)));
  }
  if (plan.connections.length > 0) {
    const lines = plan.connections.map(({ from, to, label = "" }) => {
      const what = label === "" ? "" : `: ${inlineText(label)}`;
      // The escaped dot keeps a number from beginning a list of its own.
      return `- ${names.get(from)?.replace(".", "\\.")} → ${names.get(to)?.replace(".", "\\.")}${what}`;
    });
    blocks.push("## Connections", lines.join("\n"));
  }
  const comments = plan.comments.toSorted((one, other) => Date.parse(one.created) - Date.parse(other.created));
  if (comments.length > 0) blocks.push("## Comments", ...comments.map((comment) => commentBlock(comment, names)));
  return blocks;
}

function nameOf({ title, type }: PlanElement): string {
  return inlineText(title) || `(${inlineText(type)})`;
}

function reviewBlocks({ state, decision, decidedBy, decidedAt, note = "" }: Review): readonly string[] {
  if (state === "open") return ["**Review:** waits for a decision"];
  if (state !== "decided" || decision === undefined) return [];
  const who = `${decidedBy === undefined ? "" : ` by ${inlineText(decidedBy)}`}${decidedAt === undefined ? "" : ` on ${decidedAt}`}`;
  return [`**Review:** ${decision}${who}`, ...(note === "" ? [] : [quoted(note)])];
}

function commentBlock(comment: PlanComment, names: ReadonlyMap<string, string>): string {
  const on = comment.elementId === null ? "the canvas" : (names.get(comment.elementId) ?? "the canvas");
  const state = comment.resolved === true ? ", resolved" : "";
  const remark = (author: string, where: string, created: string, text: string, indent: string): string =>
    `${indent}- **${inlineText(author)}**${where}, ${oneLine(created)}${where === "" ? "" : state}:\n\n${quoted(text, `${indent}  `)}`;
  return [
    remark(comment.author, ` on ${on}`, comment.created, comment.text, ""),
    ...comment.thread.map((reply) => remark(reply.author, "", reply.created, reply.text, "  ")),
  ].join("\n\n");
}
