import type { Instance } from "./instance.ts";
import type { Outcome } from "./outcome.ts";

/** How an end is told: nobody is woken by one that the user has made. */
export function announceAfter({ announce }: Instance, { isUsers }: Outcome): Instance["announce"] {
  return isUsers === true && announce === "wake" ? "note" : announce;
}
