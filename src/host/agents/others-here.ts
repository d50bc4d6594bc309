import type { Hooks } from "@opencode-ai/plugin";
import { isSideRequest } from "../side-request.ts";

export const OTHERS_HERE =
  "Others work in this folder at the same time: change only what your task needs, and leave what you did not write as it is.";

/** Tells each background agent that it is not alone. The same words at each step: the provider's cache stays. */
export function othersHere(): Required<Pick<Hooks, "experimental.chat.system.transform">> {
  return {
    async "experimental.chat.system.transform"(_input, { system }) {
      if (!isSideRequest(system)) system.push(OTHERS_HERE);
    },
  };
}
