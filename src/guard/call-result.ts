import { BASH } from "../opencode/tool-names.ts";

/** How a tool call ended, as the event of the host reports it. */
export type CallEnd =
  | {
      readonly status: "completed";
      readonly output: string;
      readonly exitCode?: number | undefined;
      /** Where the host keeps the whole of an output that it cut: a new file each time, which the output names. */
      readonly outputPath?: string | undefined;
      /** The addresses of attached files: of an image all that differs may be in its data. */
      readonly attachments?: readonly string[];
    }
  | { readonly status: "error"; readonly error: string };

/** What the guard keeps of an end. */
export interface CallResult {
  /** Equal for equal answers. */
  readonly digest: string;
  /** Whether it counts as a failure. */
  readonly isError: boolean;
}

/** So much of an error is searched for the call's own arguments; the rest counts as it is. */
const ERROR_CHARACTERS = 8192;
const MOST_ARGUMENTS = 100;
/** Commands whose exit code 1 is an answer: nothing found, or a difference. */
const ANSWERS_WITH_1 =
  /(^|[;&|]\s*)(git\s+)?(e?grep|fgrep|rg|ag|diff|cmp|test|\[|which|type|command|pgrep|merge-base)\s/;

/**
 * Digests how a call ended. In an error the call's own argument values are taken out first, so that "File not found: a"
 * and "File not found: b" are one error.
 */
export function digestEnd(tool: string, args: unknown, end: CallEnd): CallResult {
  if (end.status === "error") return failure(end.error, args);
  const { exitCode, outputPath } = end;
  const output = outputPath === undefined ? end.output : end.output.replaceAll(outputPath, "");
  if (exitCode !== undefined && exitCode !== 0 && !isAnswer(tool, args, exitCode) && saysSomething(output)) {
    return failure(`${exitCode}: ${output}`, args);
  }
  // Outputs that differ in a time stamp only are different answers: what is a stamp and what is content, a guard cannot
  // know, and a real loop is stopped by the caps all the same.
  const attached = (end.attachments ?? []).map((address) => `:${hash(address)}`).join("");
  return { digest: `ok:${exitCode ?? ""}:${hash(output)}${attached}`, isError: false };
}

/** A negative answer is no failure: eight searches without a match are work. */
function isAnswer(tool: string, args: unknown, exitCode: number): boolean {
  return exitCode === 1 && tool === BASH && ANSWERS_WITH_1.test(commandOf(args));
}

/** An empty output, or a bare number, is no evidence of one and the same error. */
function saysSomething(output: string): boolean {
  return /\p{L}/u.test(output) && output.trim() !== "(no output)";
}

function failure(error: string, args: unknown): CallResult {
  let text = error.slice(0, ERROR_CHARACTERS);
  for (const value of argumentTexts(args)) text = without(text, value);
  // What a long test run ends with is often all that has changed.
  const rest = error.length > ERROR_CHARACTERS ? `:${hash(error.slice(ERROR_CHARACTERS))}` : "";
  return { digest: `error:${hash(text.replaceAll(/\s+/g, " ").trim())}${rest}`, isError: true };
}

/** Takes a value out where it stands by itself: "no" is no part of "not found". */
function without(text: string, value: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
    const end = at + value.length;
    if (isInWord(text, at) || isInWord(text, end)) continue;
    kept.push(text.slice(from, at));
    from = end;
  }
  return kept.join("") + text.slice(from);
}

/** Whether there is a letter or a digit on both sides of a place in a text. */
function isInWord(text: string, at: number): boolean {
  return /^[\p{L}\p{N}]{2}$/u.test(text.slice(Math.max(0, at - 1), at + 1));
}

function hash(text: string): string {
  return Bun.hash(text).toString(36);
}

/** The texts among the arguments, longest first, so that a part of one does not spoil the other. */
function argumentTexts(args: unknown): string[] {
  if (typeof args !== "object" || args === null) return [];
  const texts = Object.values(args).filter((value) => typeof value === "string");
  return texts
    .filter(({ length }) => length >= 2 && length <= ERROR_CHARACTERS)
    .toSorted((a, b) => b.length - a.length)
    .slice(0, MOST_ARGUMENTS);
}

/** Whether a call says that it waits: the world may have changed by the next one, and it costs next to nothing. */
export function isWaiting(tool: string, args: unknown): boolean {
  if (tool !== BASH) return false;
  const command = commandOf(args);
  // A command may hold a whole file: looking for the word first is several times as fast.
  return command.includes("sleep") && /(^|[\s;&|(])sleep\s+[\d.$]/.test(command);
}

function commandOf(args: unknown): string {
  const command: unknown = typeof args === "object" && args !== null ? Reflect.get(args, "command") : undefined;
  return typeof command === "string" ? command : "";
}
