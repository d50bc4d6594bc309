import type { Options } from "../config/options.ts";
import { agentBudgetPolicy, toolCapPolicy, type FleetBudget } from "../supervisor/policies/caps.ts";
import { deadlinePolicy } from "../supervisor/policies/deadline.ts";
import { noticePolicy } from "../supervisor/policies/notices.ts";
import type { Policy } from "../supervisor/policies/policy.ts";
import { providerWaitPolicy } from "../supervisor/policies/provider-wait.ts";
import { silencePolicy } from "../supervisor/policies/silence.ts";
import { thinkingLoopPolicy, type ThinkingLimits } from "../supervisor/policies/thinking-loop.ts";

/** Every rule that may end a running agent. */
export function policies(
  options: Options,
  budget: FleetBudget,
  offersOf: NonNullable<ThinkingLimits["offersOf"]>,
): Policy[] {
  return [
    deadlinePolicy,
    noticePolicy({
      toolCalls: options.backgroundToolCallCap,
      usd: options.backgroundBudgetUsd,
      tokens: options.backgroundTokenBudget,
    }),
    providerWaitPolicy({ maxRetryWaitMs: options.maxRetryWaitMs }),
    silencePolicy({
      stallTimeoutMs: options.backgroundStallTimeoutMs,
      toolTimeoutMs: options.backgroundToolTimeoutMs,
    }),
    thinkingLoopPolicy({
      timeoutMs: options.backgroundThinkingLoopTimeoutMs,
      maxInterventions: options.backgroundMaxInterventions,
      offersOf,
    }),
    toolCapPolicy(options.backgroundToolCallCap),
    agentBudgetPolicy({ usd: options.backgroundBudgetUsd, tokens: options.backgroundTokenBudget }),
    budget.policy,
  ];
}
