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
    planSlug: { type: "string", minLength: 1, description: 'The plan, such as "new-login": a-z, 0-9 and -' },
    planTitle: { type: "string", description: "The title of a plan that draw or add_element makes" },
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
    elementId: { type: "string", description: "The element that is meant" },
    type: {
      type: "string",
      description:
        "Element: text, task, note, decision, question, code, diagram, mockup or image. Connection: any word",
    },
    title: { type: "string", description: "The element's title" },
    content: {
      type: "string",
      description:
        "Markdown; of code the code, of a diagram Mermaid, of a mockup plain text drawn in a fixed-width font, of an image a data:image/… URL",
    },
    x: { type: "number", description: "Pixels from the left; leave it out to have it placed" },
    y: { type: "number", description: "Pixels from the top, downwards" },
    width: { type: "number", description: "Pixels; leave it out for one that fits" },
    height: { type: "number", description: "Pixels; leave it out for one that fits" },
    done: { type: "boolean", description: "Of a task" },
    answer: { type: "string", description: "Of a question: what you assume; it is answered by the user" },
    language: { type: "string", description: "Of a code element" },
    from: { type: "string", description: "The element where a connection starts" },
    to: { type: "string", description: "The element where it ends" },
    label: { type: "string", description: "What stands at a connection" },
    connectionId: { type: "string", description: "The connection that is meant" },
    commentId: { type: "string", description: "The comment that is replied to" },
    text: { type: "string", description: "A comment or a reply" },
    status: { type: "string", description: "The plan's new status: draft, in-progress or done" },
  },
  required: ["action", "planSlug"],
} as const satisfies ToolSchema;

export type PlanActionArguments = Given<typeof planActionSchema>;
