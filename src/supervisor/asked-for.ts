import type { Instance } from "./instance.ts";
import { transition } from "./transition.ts";

/** The instance with a further turn to come. */
export function askedFor(instance: Instance, prompt: string, at: number): Instance {
  return transition(instance, { type: "follow_up_requested", at, prompt }).instance;
}
