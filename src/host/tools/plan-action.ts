import { ELEMENT_TYPES } from "../../plans/element-kinds.ts";
import { PLAN_SLUG } from "./plan-slug.ts";
import { fromJson } from "./read-argument.ts";
import { isRecord } from "../../lib/is-record.ts";
import type { Given, ToolSchema } from "./schema-tool.ts";

export const planActionDescription = `Read or change a visual plan: boxes and arrows that the user sees in the browser. Names of your own and unique titles work as ids. Look with get_canvas before you change what is there.
draw: elements {name, type, title, content, section, …}, connections "a>b label", or Markdown as content; all or nothing. It and add_element make a missing plan, and place what has no x, y
update_element: refused where the user changed the same text since you looked
delete_element: its comments stay
add_connection: from, to
add_comment: text, elementId or x, y
reply_to_comment: commentId, text
set_status: draft, in-progress, done; only the user approves or rejects`;

export const planActionSchema = {
  properties: {
    action: {
      type: "string",
      enum: [
        "get_canvas",
        "draw",
        "add_element",
        "update_element",
        "delete_element",
        "add_connection",
        "delete_connection",
        "add_comment",
        "reply_to_comment",
        "set_status",
      ],
    },
    planSlug: { ...PLAN_SLUG, description: "a-z, 0-9, -" },
    planTitle: { type: "string", minLength: 1 },
    elements: {
      type: "array",
      items: { type: "object" },
    },
    connections: {
      type: "array",
      items: { type: "string" },
    },
    elementId: {
      type: "string",
      minLength: 1,
      alsoCalled: ["element", "name"],
    },
    type: {
      type: "string",
      isName: true,
      alsoCalled: ["kind", "elementType"],
      description: ELEMENT_TYPES.join(", "),
    },
    title: { type: "string" },
    content: {
      type: "string",
      alsoCalled: ["body", "description", "markdown"],
      description: "Markdown; code; Mermaid; a mockup's plain text; data:image URL",
    },
    x: { type: "number" },
    y: { type: "number" },
    width: { type: "number" },
    height: { type: "number" },
    done: { type: "boolean" },
    section: { type: "string", alsoCalled: ["phase", "group"] },
    answer: { type: "string", description: "Your assumption" },
    language: { type: "string", alsoCalled: ["lang"] },
    from: {
      type: "string",
      minLength: 1,
      alsoCalled: ["source", "fromId"],
    },
    to: { type: "string", minLength: 1, alsoCalled: ["target", "toId"] },
    label: { type: "string" },
    connectionId: {
      type: "string",
      minLength: 1,
      alsoCalled: ["connection"],
    },
    commentId: { type: "string", minLength: 1 },
    text: {
      type: "string",
      minLength: 1,
      alsoCalled: ["comment", "reply", "message"],
    },
    status: {
      type: "string",
      isName: true,
      alsoCalled: ["planStatus"],
    },
  },
  required: ["action", "planSlug"],
} as const satisfies ToolSchema;

export type PlanActionArguments = Given<typeof planActionSchema>;

/** What an `id` beside the plan's is, by the action; of all others it is the element's. */
const ID_OF: Readonly<Record<string, keyof typeof planActionSchema.properties>> = {
  add_connection: "connectionId",
  delete_connection: "connectionId",
  reply_to_comment: "commentId",
};

/** The action as it was written. */
export function actionIn(given: unknown): string {
  const fields = typeof given === "string" ? fromJson(given) : given;
  const action = isRecord(fields) ? fields["action"] : undefined;
  return typeof action === "string" ? action : "unknown";
}

/** The schema as a call with this action is read. */
export function schemaFor(action: string): typeof planActionSchema {
  const name = ID_OF[action] ?? "elementId";
  const { properties } = planActionSchema;
  const argument = properties[name];
  const alsoCalled = ["id", ...("alsoCalled" in argument ? argument.alsoCalled : [])];
  return { ...planActionSchema, properties: { ...properties, [name]: { ...argument, alsoCalled } } };
}
