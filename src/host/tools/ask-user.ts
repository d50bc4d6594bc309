import { randomUUID } from "node:crypto";
import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import { ASK_USER } from "../../text/own-tools.ts";
import type { Asked, Reply } from "../../supervisor/questions.ts";
import { answer } from "./answer.ts";
import { withArguments } from "./arguments.ts";
import type { Given, SchemaTool, ToolSchema } from "./schema-tool.ts";
import { neverThrowing } from "./tool-parts.ts";
import { unreachable } from "../../lib/unreachable.ts";

const schema = {
  properties: {
    question: { type: "string", minLength: 1, maxLength: 2000, alsoCalled: ["text", "prompt", "message"] },
    options: { type: "array", items: { type: "string" }, alsoCalled: ["choices", "answers"] },
  },
  required: ["question"],
} as const satisfies ToolSchema;

const MOST_OPTIONS = 20;
const OPTION_CHARACTERS = 200;

/** Inside a background agent: puts a question before the user, and waits for the answer. */
export function askUserTool(ask: (sessionId: string, asked: Asked) => Promise<Reply>): SchemaTool {
  const run = withArguments(ASK_USER, schema, async (given, context) => await put(ask, given, context));
  const description = "Ask the user what only they can decide.";
  return { name: ASK_USER, description, schema, run: neverThrowing(ASK_USER, run) };
}

async function put(
  ask: (sessionId: string, asked: Asked) => Promise<Reply>,
  { question, options = [] }: Given<typeof schema>,
  { sessionID }: ToolContext,
): Promise<ToolResult> {
  const labels = options.slice(0, MOST_OPTIONS).map((option) => labelOf(option).slice(0, OPTION_CHARACTERS));
  const asked = { askId: `ask_${randomUUID()}`, kind: "question", what: question, options: labels } as const;
  return told(await ask(sessionID, asked));
}

/** Models write options as opencode's own question tool has them, too. */
function labelOf(option: unknown): string {
  if (typeof option === "string") return option;
  const label: unknown = typeof option === "object" && option !== null ? Reflect.get(option, "label") : undefined;
  return typeof label === "string" ? label : JSON.stringify(option);
}

const ON_YOUR_OWN = "Decide it yourself, or go on without it and say so in your last message.";

function told(reply: Reply): ToolResult {
  switch (reply.kind) {
    case "answer":
      return answer("The user has answered", { answer: reply.words });
    case "no":
      return answer("The user does not answer", {
        error: `The user does not answer this${reply.words === undefined ? "" : `: ${JSON.stringify(reply.words)}`}. ${ON_YOUR_OWN}`,
      });
    case "unanswered":
      return answer("No answer", { error: `The user has not answered in time. ${ON_YOUR_OWN}` });
    case "once":
    case "always":
      return answer("The user agrees", { answer: "yes" });
    default:
      return unreachable(reply);
  }
}
