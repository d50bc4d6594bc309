import type { ParseError } from "jsonc-parser";

/** Where a text stops being JSON, both from 1. */
export interface JsonPosition {
  readonly line: number;
  readonly column: number;
  /** What is wrong there. */
  readonly fault: string;
}

/** Where a text stops being JSON, which the JSON.parse of Bun 1.3.14 does not say. `undefined`: it cannot be told. */
export async function findJsonFault(text: string): Promise<JsonPosition | undefined> {
  const { parse, printParseErrorCode } = await import("jsonc-parser");
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  } catch (error) {
    // Its own stack has an end, too.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const first = errors[0];
  if (first === undefined) return undefined;
  const before = text.slice(0, first.offset);
  const line = before.split("\n").length;
  const column = first.offset - (before.lastIndexOf("\n") + 1) + 1;
  return { line, column, fault: wordsOf(printParseErrorCode(first.error)) };
}

/** `CloseBraceExpected` in words. */
function wordsOf(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
