import type { PlanDesk } from "../plans/plan-desk.ts";
import type { SchemaTool, ToolSchema } from "./schema-tool.ts";

export const PLAN_ACTION = "bizar_plan_action";

const description = `Read and draw a visual plan: boxes and arrows on a canvas that the user sees in the browser, live.

Actions, with what they take beside planSlug:
- get_canvas: nothing. Answers with elements, connections, comments, status. Look before you change what is there.
- add_element: type, title, content (Markdown; the code of a "code" element, Mermaid of a "diagram"). Without x and y it is
  placed for you. A plan that is not there yet is made, with planTitle as its title.
- update_element: elementId and what changes. Refused where the user has changed the same text since you looked.
- delete_element: elementId. Its connections go with it; its comments stay on the canvas.
- add_connection: from and to (element ids), label. delete_connection: connectionId.
- add_comment: text, elementId (or x and y for a place of the canvas). reply_to_comment: commentId, text.
- set_status: status "draft", "in-progress" or "done". Only the user approves, rejects or asks for changes: put the plan
  up with bizar_wait_for_feedback.

Independent calls can be made in one message.`;

export const planActionSchema = {
  properties: {
    action: {
      type: "string",
      enum: [
        "get_canvas",
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
    planTitle: { type: "string", description: "The title of a plan that add_element makes" },
    elementId: { type: "string", description: "The element that is meant; a new one's id (el_…) is chosen for you" },
    type: {
      type: "string",
      description:
        "Element: text, task, note, decision, question, code, diagram, mockup or image. Connection: any word",
    },
    title: { type: "string", description: "The element's title" },
    content: { type: "string", description: "The element's content" },
    x: { type: "number", description: "Pixels from the left; leave it out to have it placed" },
    y: { type: "number", description: "Pixels from the top, downwards" },
    width: { type: "number", description: "Pixels; leave it out for one that fits" },
    height: { type: "number", description: "Pixels; leave it out for one that fits" },
    done: { type: "boolean", description: "Of a task" },
    answer: { type: "string", description: "Of a question: what you assume; it is answered by the user" },
    language: { type: "string", description: "Of a code element" },
    from: { type: "string", description: "Where a connection starts: an element's id" },
    to: { type: "string", description: "Where it ends: an element's id" },
    label: { type: "string", description: "What stands at a connection" },
    connectionId: { type: "string", description: "The connection that is meant" },
    commentId: { type: "string", description: "The comment that is replied to" },
    text: { type: "string", description: "A comment or a reply" },
    status: { type: "string", description: "The plan's new status: draft, in-progress or done" },
  },
  required: ["action", "planSlug"],
} as const satisfies ToolSchema;

/** The tool that draws. */
export function planActionTool(desk: () => Promise<PlanDesk>): SchemaTool {
  return {
    name: PLAN_ACTION,
    description,
    schema: planActionSchema,
    async run(given, context) {
      const { runPlanAction } = await import("./plan-action-run.ts");
      return await runPlanAction(desk, given, context);
    },
  };
}
