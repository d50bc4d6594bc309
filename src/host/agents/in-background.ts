import type { Hooks } from "@opencode-ai/plugin";
import { isSideRequest } from "../side-request.ts";

export const IN_BACKGROUND =
  "You work in the background: nobody answers questions, and your last message is all that is handed back, so make it complete on its own. " +
  "Others work in this folder at the same time: change only what your task needs, and leave what you did not write as it is.";

/** Tells each background agent, whatever its name, where it is. The same words at each step: the provider's cache stays. */
export function inBackground(): Required<Pick<Hooks, "experimental.chat.system.transform">> {
  return {
    async "experimental.chat.system.transform"(_input, { system }) {
      if (!isSideRequest(system)) system.push(IN_BACKGROUND);
    },
  };
}
