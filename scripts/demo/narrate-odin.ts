import type { RunOutput } from "../scripted-host/opencode.ts";
import type { Narrator } from "./narrator.ts";

/** What the demo reads of the background tools' answers. */
interface AgentAnswer {
  readonly instanceId?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly activity?: string;
  readonly toolCallCount?: number;
  readonly elapsed?: string;
  readonly result?: string;
  readonly error?: string;
}

/** Tells what odin says and does, from the events of its `opencode run`. Tool events come when the call has ended. */
export function narrateOdin(
  narrator: Narrator,
  { type, part, error }: RunOutput & { readonly error?: unknown },
  agentOf: (instanceId: string) => string,
): void {
  if (type === "text" && part?.text !== undefined) narrator.say("odin", part.text);
  if (type === "error") narrator.say("error", JSON.stringify(error));
  if (type !== "tool_use" || part?.tool === undefined) return;
  const { tool, state } = part;
  if (state?.error !== undefined) narrator.say("odin", `${tool} failed: ${state.error}`);
  else if (!tool.startsWith("bizar_")) narrator.say("odin", `${tool}  ${state?.title ?? ""}`);
  else {
    const lines = readAnswers(state?.output).map((answer) => `  ${describeAnswer(answer, agentOf)}`);
    narrator.say("odin", [tool, ...lines].join("\n"));
  }
}

/** The answers in the output of a background tool: one or many. */
export function readAnswers(output: string | undefined): AgentAnswer[] {
  const answer = JSON.parse(output ?? "[]") as AgentAnswer | AgentAnswer[];
  return Array.isArray(answer) ? answer : [answer];
}

function describeAnswer(answer: AgentAnswer, agentOf: (instanceId: string) => string): string {
  const { instanceId, status = "error", reason, activity, toolCallCount, elapsed, result, error } = answer;
  const facts = [
    reason === undefined ? status : `${status} (${reason})`,
    ...(activity === undefined ? [] : [activity]),
    ...(toolCallCount === undefined ? [] : [`${toolCallCount} tool call${toolCallCount === 1 ? "" : "s"}`]),
    ...(elapsed === undefined ? [] : [elapsed]),
  ].join(", ");
  const name = instanceId === undefined ? "" : `${agentOf(instanceId)}: `;
  const words = error ?? result ?? "";
  return `${name}${facts}${words === "" ? "" : `\n    ${words.replaceAll("\n", "\n    ")}`}`;
}
