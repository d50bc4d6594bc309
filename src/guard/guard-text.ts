import type { Level } from "./ladder.ts";
import type { Finding } from "./patterns.ts";

const TOOL_CHARACTERS = 64;

/** `[loop guard: …]`: what other agents' prompts match. Only a tool's name and numbers are put in. */
export function marker(finding: Finding, tool: string): string {
  return `[loop guard: ${what(finding, tool)}]`;
}

/** The system message of a nudge. */
export function nudgeText(level: Exclude<Level, "block">, finding: Finding, tool: string): string {
  const warning = level === "strong" ? " It will be refused soon." : "";
  return `${marker(finding, tool)} ${WHY[finding.pattern]}${warning} ${ADVICE[finding.pattern]}`;
}

/** The error of a refused call: what was refused, why, and what to do instead. */
export function blockText(finding: Finding, tool: string): string {
  return (
    `Loop protection: ${what(finding, tool)}. This call was not run. ${WHY[finding.pattern]} ` +
    `${ADVICE[finding.pattern]} Making it again will be refused again.`
  );
}

function what(finding: Finding, tool: string): string {
  const name = safeName(tool);
  switch (finding.pattern) {
    case "repeat":
    case "stutter":
      return `${finding.count} identical calls to ${name}`;
    case "cycle":
      return `${finding.count} laps of a cycle of ${finding.length} calls`;
    case "dead_end":
      return `${finding.count} failing calls to ${name} with the same error`;
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

const ADVICE: Readonly<Record<Finding["pattern"], string>> = {
  repeat:
    "Use what it told you, change the arguments, or take another way; if you wait for something, wait longer at once.",
  stutter:
    "Use what it told you, change the arguments, or take another way; if you wait for something, wait longer at once.",
  cycle: "Stop and say what you know so far, then change one of the steps, or finish with what you have.",
  dead_end: "Read the error again, find its cause with another tool, or say what stands in the way and finish.",
};

/** A tool's name comes from a model: nothing but a plain name reaches a prompt. */
function safeName(tool: string): string {
  return tool.replaceAll(/[^\w.:-]/g, "?").slice(0, TOOL_CHARACTERS);
}

function unreachable(value: never): never {
  throw new Error(`Unknown finding: ${JSON.stringify(value)}`);
}
