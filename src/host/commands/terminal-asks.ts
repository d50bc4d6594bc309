import type { Answer, CommandAsk } from "../../halves/messages.ts";
import { unreachable } from "../../lib/unreachable.ts";
import { readablePlan } from "../../plans/export-markdown.ts";
import { plainText } from "../../text/plain-text.ts";
import { giveAnswer } from "./answer-agents.ts";
import type { CommandContext } from "./command-context.ts";
import { knownPlan } from "./known-plan.ts";
import { planStatus } from "./plan-status.ts";

/** What the user asks for in the terminal half: it is read, decided on and answered as by a command. */
export async function answerAsk(context: CommandContext, ask: CommandAsk): Promise<Answer> {
  return { ok: true, text: plainText(await run(context, ask)) };
}

async function run(context: CommandContext, ask: CommandAsk): Promise<string> {
  switch (ask.kind) {
    case "plan":
      return readablePlan(await knownPlan(context, ask.slug));
    case "decide":
      return await planStatus.run(context, [ask.slug, ask.decision, ...(ask.note === "" ? [] : [ask.note])]);
    case "answer":
      return await giveAnswer(context, ask.verb, [ask.instanceId, ...ask.words]);
    default:
      return unreachable(ask);
  }
}
