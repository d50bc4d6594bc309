import type { Hooks } from "@opencode-ai/plugin";
import { readRejection } from "../opencode/refusals.ts";
import { NO_ANSWER, NO_PERMISSION } from "./questions.ts";

/** An error of an agent's tool, in which no user refuses what nobody was asked; any other one stays as it is. */
export function withoutUser(error: string): string {
  const rejection = readRejection(error);
  if (rejection === undefined) return error;
  if (rejection.of === "question") return NO_ANSWER;
  // Somebody's own words stay theirs.
  return rejection.words === undefined || rejection.words === NO_PERMISSION ? NO_PERMISSION : error;
}

/** Has the model of an agent read what is true of a refusal: opencode words each as the user's. */
export function refusalWords(): Required<Pick<Hooks, "experimental.chat.messages.transform">> {
  return {
    // The parts are those of this one request: what is stored stays as it is.
    async "experimental.chat.messages.transform"(_input, { messages }) {
      for (const { parts } of messages) {
        for (const part of parts) {
          if (part.type !== "tool" || part.state.status !== "error") continue;
          part.state.error = withoutUser(part.state.error);
        }
      }
    },
  };
}
