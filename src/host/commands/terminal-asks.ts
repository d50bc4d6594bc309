import type { Answer, Ask } from "../../halves/messages.ts";
import { exportMarkdown } from "../../plans/export-markdown.ts";
import { plainText } from "../../text/plain-text.ts";
import type { CommandContext } from "./command-context.ts";
import { knownPlan } from "./known-plan.ts";
import { planStatus } from "./plan-status.ts";

/** What the user asks for in the terminal half about a plan: it is read and decided on as by a command. */
export async function answerPlanAsk(
  context: CommandContext,
  ask: Extract<Ask, { readonly kind: "plan" | "decide" }>,
): Promise<Answer> {
  const { slug } = ask;
  if (ask.kind === "plan") return { ok: true, text: plainText(exportMarkdown(await knownPlan(context, slug))) };
  const words = [slug, ask.decision, ...(ask.note === "" ? [] : [ask.note])];
  return { ok: true, text: plainText(await planStatus.run(context, words)) };
}
