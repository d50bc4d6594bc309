import type { Message, Part } from "../opencode/terminal-api.ts";
import { callLine } from "../opencode/call-line.ts";
import type { TextLine } from "./agent-page.ts";

/** A message of a session, as the host's client gives it. */
export interface SessionMessage {
  readonly info: Pick<Message, "role">;
  readonly parts: readonly Part[];
}

/** What was said and done in a session, for people. */
export function transcriptLines(messages: readonly SessionMessage[]): readonly TextLine[] {
  return messages.flatMap(({ info, parts }) => {
    const lines = parts.flatMap((part) => partLines(part, info.role === "user"));
    return lines.length === 0 ? [] : [...lines, { text: "", tone: "text" as const }];
  });
}

function partLines(part: Part, isUsers: boolean): readonly TextLine[] {
  if (part.type === "text" && part.text.trim() !== "")
    return [{ text: `${isUsers ? "> " : ""}${part.text.trimEnd()}`, tone: isUsers ? "primary" : "text" }];
  if (part.type === "reasoning" && part.text.trim() !== "") return [{ text: part.text.trimEnd(), tone: "textMuted" }];
  if (part.type !== "tool") return [];
  const sign = { pending: "…", running: "◐", completed: "✓", error: "✗" }[part.state.status];
  const call: TextLine = { text: `${sign} ${callLine(part.tool, part.state.input)}`, tone: "info" };
  return part.state.status === "error" ? [call, { text: `  ${part.state.error}`, tone: "error" }] : [call];
}
