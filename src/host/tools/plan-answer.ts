import type { ToolResult } from "../../opencode/plugin-api.ts";
import { describeError } from "../../lib/describe-error.ts";
import { answer } from "./answer.ts";
import { shorten } from "../../text/shorten.ts";

const MOST_ERROR_CHARACTERS = 4000;

/** What a tool on a plan answers when it could not do it. */
export function planRefusal(
  facts: { readonly action?: string; readonly planSlug: string },
  error: string,
  more: Record<string, unknown> = {},
): ToolResult {
  const words = shorten(error, MOST_ERROR_CHARACTERS);
  return answer(`error: ${shorten(words, 80)}`, { ok: false, ...facts, error: words, ...more }, { error: true });
}

/** A tool never throws: whatever goes wrong becomes its answer. */
export async function orRefusal(
  facts: { readonly action?: string; readonly planSlug: string },
  run: () => Promise<ToolResult>,
): Promise<ToolResult> {
  try {
    return await run();
  } catch (error) {
    return planRefusal(facts, describeError(error));
  }
}
