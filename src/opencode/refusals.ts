import { callLine } from "./call-line.ts";

/** How opencode words the error of a call that it did not allow (1.18.33). */
const REJECTED = "The user rejected permission to use this specific tool call";
const WITH_WORDS = `${REJECTED} with the following feedback: `;
const DENIED = "The user has specified a rule which prevents you from using this specific tool call";
/** … and that of a question to the user without an answer. */
const DISMISSED = "The user dismissed this question";

/** What an agent reads whose call waits for the user as soon as it is made again. */
export const ASKED_USER =
  "The user has been asked for this permission. Make the very same call again now: it waits for the answer, and runs if " +
  "the user allows it.";

/** The error of a call that somebody has refused with these words, as opencode has it. */
export function rejectionWith(words: string): string {
  return `${WITH_WORDS}${words}`;
}

/** How a permission or an answer was not given: with words, or without. */
export type Rejection =
  | { readonly of: "permission"; readonly words: string | undefined }
  | { readonly of: "question"; readonly words: undefined };

/** The rejection that an error of a tool tells of; `undefined` when it is another error. */
export function readRejection(error: string): Rejection | undefined {
  if (error.startsWith(WITH_WORDS)) return { of: "permission", words: error.slice(WITH_WORDS.length) };
  if (error.startsWith(REJECTED)) return { of: "permission", words: undefined };
  return error.startsWith(DISMISSED) ? { of: "question", words: undefined } : undefined;
}

/** A tool's call as a state of its part tells of it. */
export interface ToolCall {
  readonly tool: string;
  readonly state: { readonly error?: string | undefined; readonly input?: unknown };
}

/**
 * The call in a line ("bash: rm -rf build") where a rule, or somebody who was asked, or nobody did not allow it;
 * `undefined` of any other one.
 */
export function readRefusal({ tool, state: { error, input } }: ToolCall): string | undefined {
  // Nobody has refused it yet.
  if (error === rejectionWith(ASKED_USER)) return undefined;
  if (error === undefined || !(error.startsWith(REJECTED) || error.startsWith(DENIED))) return undefined;
  return callLine(tool, input);
}
