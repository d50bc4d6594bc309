import type { CallKind } from "./history.ts";
import type { Level } from "./ladder.ts";
import type { Finding } from "./patterns.ts";
import { unreachable } from "../lib/unreachable.ts";

const TOOL_CHARACTERS = 64;

/** The call that a text is about. */
export interface NamedCall {
  readonly tool: string;
  readonly kind: CallKind;
}

/** `[loop guard: …]`: what other agents' prompts match. Only a tool's name and numbers are put in. */
export function marker(finding: Finding, { tool }: NamedCall): string {
  return `[loop guard: ${what(finding, tool)}]`;
}

/** The words of a nudge. */
export function nudgeText(level: Exclude<Level, "block">, finding: Finding, call: NamedCall): string {
  const warning = level === "strong" ? ` ${WARNING[finding.pattern]}` : "";
  return `${marker(finding, call)} ${WHY[finding.pattern]}${warning} ${advice(finding, call)}`;
}

/** The error of a refused call: what was refused, why, and what to do instead. */
export function blockText(finding: Finding, call: NamedCall): string {
  return (
    `Loop protection: ${what(finding, call.tool)}. This call was not run. ${WHY[finding.pattern]} ` +
    `${advice(finding, call)} Making it again will be refused again.`
  );
}

/** Refused calls have no part in the numbers: they did not run. */
function what(finding: Finding, tool: string): string {
  const name = safeName(tool);
  switch (finding.pattern) {
    case "repeat":
    case "stutter":
      return `${finding.ran} identical calls to ${name}`;
    case "cycle":
      return `${finding.ran} laps of a cycle of ${finding.length} calls`;
    case "dead_end":
      return `${finding.ran} failing calls to ${name} with the same error`;
    default:
      return unreachable(finding);
  }
}

const WHY: Readonly<Record<Finding["pattern"], string>> = {
  repeat: "The same call with the same arguments gave the same result each time.",
  stutter: "The same call with the same arguments gave the same result each time.",
  cycle: "The same calls in the same order gave the same results each time.",
  dead_end: "Whatever the arguments, the tool gave the same error each time.",
};

const WARNING: Readonly<Record<Finding["pattern"], string>> = {
  repeat: "It will be refused soon.",
  stutter: "It will be refused soon.",
  cycle: "It will be refused soon.",
  dead_end: "A call that has failed twice already will be refused.",
};

const LOOK =
  "Look at what it has changed before you make it again; if that is nothing, take another way, or say what stands in the way.";

const ADVICE: Readonly<Record<Finding["pattern"], string>> = {
  repeat:
    "Use what it told you, change the arguments, or take another way; if you wait for something, wait longer at once.",
  stutter:
    "Use what it told you, change the arguments, or take another way; if you wait for something, wait longer at once.",
  cycle: "Stop and say what you know so far, then change one of the steps, or finish with what you have.",
  dead_end: "Read the error again, find its cause with another tool, or say what stands in the way and finish.",
};

function advice({ pattern }: Finding, { kind }: NamedCall): string {
  return kind === "foreign" && pattern === "repeat" ? LOOK : ADVICE[pattern];
}

/** A tool's name comes from a model: nothing but a plain name reaches a prompt. */
function safeName(tool: string): string {
  return tool.replaceAll(/[^\w.:-]/g, "?").slice(0, TOOL_CHARACTERS);
}
