import type { Hooks } from "../opencode/plugin-api.ts";
import { ASKED_USER, readRejection } from "../opencode/refusals.ts";
import { NO_ANSWER, NO_PERMISSION, OWN_WORDS } from "./questions.ts";

/**
 * An error of an agent's tool, in which no user refuses what nobody was asked; any other one stays as it is.
 *
 * @param unsaid what a rejection without words means
 */
export function withoutUser(error: string, unsaid = NO_PERMISSION): string {
  const rejection = readRejection(error);
  if (rejection === undefined) return error;
  if (rejection.of === "question") return NO_ANSWER;
  // Somebody's own words stay theirs.
  if (rejection.words === undefined) return unsaid;
  return OWN_WORDS.has(rejection.words) ? rejection.words : error;
}

/**
 * Has the model of an agent read what is true of a refusal: opencode words each as the user's.
 *
 * @param isAsked whether the user was asked for a call, which is to be made again
 */
export function refusalWords(
  isAsked: (callId: string) => boolean = () => false,
): Required<Pick<Hooks, "experimental.chat.messages.transform">> {
  return {
    // The parts are those of this one request: what is stored stays as it is.
    async "experimental.chat.messages.transform"(_input, { messages }) {
      for (const { parts } of messages) {
        const together = wordsAmong(parts);
        for (const part of parts) {
          if (part.type !== "tool" || part.state.status !== "error") continue;
          part.state.error = withoutUser(part.state.error, isAsked(part.callID) ? ASKED_USER : together);
        }
      }
    },
  };
}

type Parts = Parameters<NonNullable<Hooks["experimental.chat.messages.transform"]>>[1]["messages"][number]["parts"];

/** With the first call that is refused opencode rejects the others of its message, without a word. */
function wordsAmong(parts: Parts): string | undefined {
  for (const part of parts) {
    if (part.type !== "tool" || part.state.status !== "error") continue;
    const rejection = readRejection(part.state.error);
    if (rejection?.words !== undefined && OWN_WORDS.has(rejection.words)) return rejection.words;
  }
  return undefined;
}
