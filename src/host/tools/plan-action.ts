import { PLAN_SLUG } from "./plan-slug.ts";
import { fromJson, isRecord } from "./read-argument.ts";
import type { Given, ToolSchema } from "./schema-tool.ts";

export const PLAN_ACTION = "bizar_plan_action";

export const planActionDescription = `Read and draw a visual plan: boxes and arrows on a canvas that the user sees in the browser, live.

Actions, with what they take beside planSlug:
- get_canvas: nothing. Answers with elements, connections, comments, status. Look before you change what is there.
- draw: elements, each with a name of your own, and connections as "a>b label": a whole plan in one call, all or nothing.
- add_element: one more: type, title, content. Both make a plan that is not there yet, titled planTitle, and place what
  comes without x and y.
- update_element: elementId and what changes. Refused where the user has changed the same text since you looked.
- delete_element: elementId. Its connections go with it; its comments stay on the canvas.
- add_connection: from and to, label. delete_connection: connectionId.
- add_comment: text, elementId (or x and y for a place of the canvas). reply_to_comment: commentId, text.
- set_status: status "draft", "in-progress" or "done". Only the user approves, rejects or asks for changes: put the plan
  up with bizar_wait_for_feedback.

Your own names, and titles that are unique, work as ids.`;

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
      description: "What to do",
    },
    planSlug: { ...PLAN_SLUG, description: 'The plan, such as "new-login": a-z, 0-9 and -' },
    planTitle: { type: "string", minLength: 1, description: "The title of a plan that draw or add_element makes" },
    elements: {
      type: "array",
      items: {
        type: "object",
        properties: {
          name: { type: "string" },
          type: { type: "string" },
          title: { type: "string" },
          content: { type: "string" },
        },
      },
      description: "draw: the elements; each may have what add_element takes",
    },
    connections: {
      type: "array",
      items: { type: "string" },
      description: 'draw: "a>b label", by the names of new elements and of those that are there',
    },
    elementId: {
      type: "string",
      minLength: 1,
      alsoCalled: ["element", "name"],
      description: "The element that is meant",
    },
    type: {
      type: "string",
      isName: true,
      alsoCalled: ["kind", "elementType"],
      description:
        "Element: text, task, note, decision, question, code, diagram, mockup or image. Connection: any word",
    },
    title: { type: "string", description: "The element's title" },
    content: {
      type: "string",
      alsoCalled: ["body", "description", "markdown"],
      description:
        "Markdown; of code the code, of a diagram Mermaid, of a mockup plain text drawn in a fixed-width font, of an image a data:image/… URL",
    },
    x: { type: "number", description: "Pixels from the left; leave it out to have it placed" },
    y: { type: "number", description: "Pixels from the top, downwards" },
    width: { type: "number", description: "Pixels; leave it out for one that fits" },
    height: { type: "number", description: "Pixels; leave it out for one that fits" },
    done: { type: "boolean", description: "Of a task" },
    answer: { type: "string", description: "Of a question: what you assume; it is answered by the user" },
    language: { type: "string", alsoCalled: ["lang"], description: "Of a code element" },
    from: {
      type: "string",
      minLength: 1,
      alsoCalled: ["source", "fromId"],
      description: "The element where a connection starts",
    },
    to: { type: "string", minLength: 1, alsoCalled: ["target", "toId"], description: "The element where it ends" },
    label: { type: "string", description: "What stands at a connection" },
    connectionId: {
      type: "string",
      minLength: 1,
      alsoCalled: ["connection"],
      description: "The connection that is meant",
    },
    commentId: { type: "string", minLength: 1, description: "The comment that is replied to" },
    text: {
      type: "string",
      minLength: 1,
      alsoCalled: ["comment", "reply", "message"],
      description: "A comment or a reply",
    },
    status: {
      type: "string",
      isName: true,
      alsoCalled: ["planStatus"],
      description: "The plan's new status: draft, in-progress or done",
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
