import { fingerprint } from "./fingerprint.ts";
import type { CallKind } from "./history.ts";
import { BASH } from "../opencode/tool-names.ts";

/** Arguments that say how long a call may take, how much of its answer is shown, or what it is for: not what it does. */
const TRIFLES: Readonly<Record<"host" | "foreign", ReadonlySet<string>>> = {
  host: new Set(["timeout", "limit", "description"]),
  // What else a tool that nobody knows makes of its arguments, nobody knows.
  foreign: new Set(["timeout", "timeoutMs", "timeout_ms"]),
};
/** A longer command is a file that is written, and looking through it is dear. */
const LONGEST_COMMAND = 4096;

export interface PrintedCall {
  readonly tool: string;
  readonly kind: CallKind;
  readonly args: unknown;
  readonly fingerprint: string;
}

/**
 * What a call is without its trifles: calls of one gist that have one result bring nothing new. Where there are none it
 * is the fingerprint.
 */
export function gistOf({ tool, kind, args, fingerprint: print }: PrintedCall, worktree: string): string {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return print;
  const trifles = TRIFLES[kind === "foreign" ? "foreign" : "host"];
  const kept = Object.entries(args).filter(([name]) => !trifles.has(name));
  const command: unknown = tool === BASH ? Reflect.get(args, "command") : undefined;
  const said = typeof command === "string" ? command : "";
  if (said.length > LONGEST_COMMAND) return print;
  const plain = plainCommand(said, kind);
  if (plain === said && kept.length === Object.keys(args).length) return print;
  return fingerprint(
    tool,
    Object.fromEntries(kept.map(([name, value]) => [name, value === command ? plain : value])),
    worktree,
  );
}

const QUOTED_OR_COMMENT = /('[^']*'|"(?:\\.|[^"\\])*"|\\.)|(?<![^\s;&|(])#[^\n]*/g;
const TIME_LIMITS = /(?<=^|[\s;&|(])(timeout\s+(-\S+\s+)*[\d.]+[smhd]?\s|--?[\w-]*(timeout|max-time)[= ][\d.]+\w*)/g;
/** `| head -20`, `--tail=5`, `--limit 9`. */
const OUTPUT_LIMITS = /(?<=\|\s*(head|tail)\s+)-[nc]?\s*\d+|--(tail|limit|lines|max-count)[= ]\d+/g;
/** As such a number may mean anything else of a command that acts. */
const READING_LIMITS = /(?<=\s)-[nmc]?\s*\d+(?=\s|$)/g;

/** A command without comments and limits. */
function plainCommand(command: string, kind: CallKind): string {
  let plain = command;
  // Looking for a word first is many times as fast. In a here-document a line with # in front may be anything.
  if (plain.includes("#") && !plain.includes("<<")) plain = plain.replaceAll(QUOTED_OR_COMMENT, "$1").trim();
  if (plain.includes("timeout") || plain.includes("max-time")) plain = plain.replaceAll(TIME_LIMITS, "");
  if (plain.includes("|") || plain.includes("--")) plain = plain.replaceAll(OUTPUT_LIMITS, "");
  return kind === "reading" ? plain.replaceAll(READING_LIMITS, "") : plain;
}
