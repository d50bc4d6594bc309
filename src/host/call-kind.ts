import type { CallKind } from "../guard/history.ts";
import { isText, shape } from "../lib/shape.ts";
import { onlyReads } from "./shell/only-reads.ts";
import { PROGRAMS } from "./shell/programs.ts";
import { ACTING, BASH, READING } from "../opencode/tool-names.ts";

/** A longer line writes a file, or a program. */
const LONGEST_READING_LINE = 4096;

const hasCommand = shape({ command: isText });

/** What a call does, as far as its tool and its arguments tell. */
export async function callKind(tool: string, args: unknown): Promise<CallKind> {
  if (READING.includes(tool)) return "reading";
  if (!ACTING.includes(tool)) return "foreign";
  if (tool !== BASH || !hasCommand(args) || args.command.length > LONGEST_READING_LINE) return "acting";
  // Most lines that act say so with their first word: no grammar is loaded for them.
  const [first = ""] = /^[\w.]+/.exec(args.command.trim()) ?? [];
  if (first !== "git" && !PROGRAMS.has(first)) return "acting";
  return (await onlyReads(args.command)) ? "reading" : "acting";
}
