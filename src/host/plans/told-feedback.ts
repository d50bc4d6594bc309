import { isText, shape } from "../../lib/shape.ts";

const namesPlan = shape({ bizar: shape({ plan: isText, until: isText }) });

/** Metadata of a message, or of a tool's answer, that tells what a person did to a plan up to a moment. */
export function namingFeedback(plan: string, until: string): { bizar: { plan: string; until: string } } {
  return { bizar: { plan, until } };
}

/** Whether metadata, as the plugin wrote it, tells of a plan up to a moment. */
export function tellsFeedback(metadata: unknown, plan: string, until: string): boolean {
  return namesPlan(metadata) && metadata.bizar.plan === plan && metadata.bizar.until >= until;
}
