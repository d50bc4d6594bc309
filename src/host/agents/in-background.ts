import type { Hooks } from "../../opencode/plugin-api.ts";
import type { OwnPlace } from "../../workspace/own-folder-of.ts";
import { isSideRequest } from "../side-request.ts";

const BACKGROUND =
  "You work in the background: nobody answers questions in your texts, and your last message is all that is handed back, so make it complete on its own. ";

export const IN_BACKGROUND = `${BACKGROUND}Others work in this folder at the same time: change only what your task needs, and leave what you did not write as it is.`;

/** … by an opencode on another machine than that of who asked for it. */
export const IN_COPY_ELSEWHERE = `${BACKGROUND}You work in a copy of the files of your own: your changes are taken from it when you are done, committed or not.`;

/** What an agent is told of a folder of its own, in the place of those that work in the same one. */
function ownPlaceText({ originals, copy }: Pick<OwnPlace, "originals" | "copy">): string {
  return (
    `You work in ${copy}, a copy of ${originals[0]} of your own: use paths below the copy, and leave the original alone. ` +
    "Your changes are taken from the copy when you are done, committed or not."
  );
}

/** Tells each background agent, whatever its name, where it is. The same words at each step: the provider's cache stays. */
export function inBackground(place?: OwnPlace): Required<Pick<Hooks, "experimental.chat.system.transform">> {
  const text = place === undefined ? IN_BACKGROUND : `${BACKGROUND}${ownPlaceText(place)}`;
  return {
    async "experimental.chat.system.transform"(_input, { system }) {
      if (!isSideRequest(system)) system.push(text);
    },
  };
}
