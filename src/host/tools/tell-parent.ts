import type { Said } from "../../supervisor/questions.ts";
import { answer, errorAnswer } from "./answer.ts";
import { withArguments } from "./arguments.ts";
import type { SchemaTool, ToolSchema } from "./schema-tool.ts";
import { neverThrowing } from "./tool-parts.ts";
import { TELL_PARENT } from "../../text/own-tools.ts";

const schema = {
  properties: {
    text: { type: "string", minLength: 1, maxLength: 4000, alsoCalled: ["message", "prompt", "content"] },
    wake: { type: "boolean" },
  },
  required: ["text"],
} as const satisfies ToolSchema;

/** Inside a background agent: tells the session that asked for it something, while it works on. */
export function tellParentTool(tell: (sessionId: string, said: Said) => Promise<number | undefined>): SchemaTool {
  const run = withArguments(TELL_PARENT, schema, async ({ text, wake = false }, { sessionID }) => {
    const left = await tell(sessionID, { text, wake });
    if (left !== undefined)
      return answer("Told", { left, message: "It is told. Go on: an answer comes by itself, if any." });
    return errorAnswer("That was told often enough: say the rest in your last message.");
  });
  const description = "Tell who sent you something before your end.";
  return { name: TELL_PARENT, description, schema, run: neverThrowing(TELL_PARENT, run) };
}
