import type { CallKind } from "../guard/history.ts";
import { isText, shape } from "../lib/shape.ts";
import { onlyReads } from "./shell/only-reads.ts";
import { PROGRAMS } from "./shell/programs.ts";

/** The host's own tools that change nothing, by these names and by those that they had before. */
const READING = new Set([
  "read",
  "grep",
  "glob",
  "list",
  "webfetch",
  "websearch",
  "codesearch",
  "lsp",
  "skill",
  // What a call of a tool that is not offered becomes.
  "invalid",
]);
/** Its other ones; any tool beside these is of an MCP server or a plugin. */
const ACTING = new Set([
  "bash",
  "edit",
  "write",
  "patch",
  "multiedit",
  "apply_patch",
  "task",
  "batch",
  "plan_enter",
  "plan_exit",
]);
/** A longer line writes a file, or a program. */
const LONGEST_READING_LINE = 4096;

const hasCommand = shape({ command: isText });

/** What a call does, as far as its tool and its arguments tell. */
export async function callKind(tool: string, args: unknown): Promise<CallKind> {
  if (READING.has(tool)) return "reading";
  if (!ACTING.has(tool)) return "foreign";
  if (tool !== "bash" || !hasCommand(args) || args.command.length > LONGEST_READING_LINE) return "acting";
  // Most lines that act say so with their first word: no grammar is loaded for them.
  const [first = ""] = /^[\w.]+/.exec(args.command.trim()) ?? [];
  if (first !== "git" && !PROGRAMS.has(first)) return "acting";
  return (await onlyReads(args.command)) ? "reading" : "acting";
}
