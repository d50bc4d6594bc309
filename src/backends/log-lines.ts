import { withoutUser } from "../agent-role/refusal-words.ts";
import type { ToolReport } from "../agent-role/telemetry-line.ts";
import { callArgument } from "../opencode/call-line.ts";
import { isOwnText, type RunEvent } from "./run-event.ts";
import { unreachable } from "../lib/unreachable.ts";

const TITLE_CHARACTERS = 120;
const LABEL_WIDTH = 5;

/**
 * One event of stdout as lines for a reader: time, what it is, then the essentials. `undefined` for an event that
 * tells a reader nothing.
 *
 * @param isOwn whether it is of a message of the agent itself; a text of the host is shown as such
 */
export function renderRunEvent(event: RunEvent, isOwn = true): string[] | undefined {
  const time = clockTime(event.timestamp);
  switch (event.type) {
    case "step_start":
      return undefined;
    case "text":
      return block(time, isOwnText(event, isOwn) ? "text" : "host", event.part.text);
    case "reasoning":
      return block(time, isOwn ? "think" : "host", event.part.text);
    case "tool_use":
      return renderTool(time, event.part.tool, event.part.state);
    case "step_finish":
      return [`${time} ${label("step")} ${renderStep(event.part)}`];
    case "error": {
      const { name, data } = event.error;
      return block(time, "ERROR", `${name}: ${data?.message ?? "no message"}`);
    }
    default:
      return unreachable(event);
  }
}

/** The start of a tool call, which stdout does not show until the call has ended. */
export function renderToolStart({ tool, what, at }: ToolReport): string {
  return `${clockTime(at)} ${label("start")} ${tool}${what === "" ? "" : `  ${what}`}`;
}

type ToolState = Extract<RunEvent, { type: "tool_use" }>["part"]["state"];

function renderTool(time: string, tool: string, { status, title, error, input, time: span }: ToolState): string[] {
  const what = firstLine(wordsOf(title, callArgument(tool, input)));
  const took = span?.start === undefined || span.end === undefined ? "" : `  ${seconds(span.end - span.start)}`;
  const head = `${time} ${label("tool")} ${tool}  ${what}  ${status === "error" ? "ERROR" : "ok"}${took}`;
  return error === undefined ? [head] : [head, ...indented(withoutUser(error))];
}

/** In a folder without git opencode names a file from the root, without its slash: its argument names it as it is. */
function wordsOf(title: string | undefined, argument: string): string {
  const fromRoot = `/${title}`;
  const isNamed = argument.startsWith("/") ? fromRoot === argument : fromRoot.endsWith(`/${argument}`);
  return !title || (argument !== "" && isNamed) ? argument : title;
}

type StepPart = Extract<RunEvent, { type: "step_finish" }>["part"];

function renderStep({ reason, tokens, cost }: StepPart): string {
  const price = cost > 0 ? `, $${cost.toFixed(4)}` : "";
  return `${reason} (${tokens.input} tokens in, ${tokens.output} out${price})`;
}

function block(time: string, name: string, text: string): string[] {
  const [first = "", ...rest] = text.split(/\r?\n/);
  return [`${time} ${label(name)} ${first}`, ...indented(rest.join("\n"))];
}

/** Further lines, under the first one's text. */
function indented(text: string): string[] {
  return text === "" ? [] : text.split(/\r?\n/).map((line) => `${" ".repeat(9 + LABEL_WIDTH)} ${line}`);
}

function firstLine(text: string): string {
  const [line = "", ...rest] = text.trim().split("\n");
  return rest.length > 0 || line.length > TITLE_CHARACTERS ? `${line.slice(0, TITLE_CHARACTERS)}…` : line;
}

function label(name: string): string {
  return name.padEnd(LABEL_WIDTH);
}

function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((number) => String(number).padStart(2, "0"))
    .join(":");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
