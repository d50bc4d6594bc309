import type { Progress } from "../instance.ts";
import type { Timer } from "../../lib/clock.ts";
import { totalTokens, type AgentBudget } from "./caps.ts";
import type { Policy } from "./policy.ts";

/** Of a limit this share is used when the agent is told. */
const TOLD_AT = 0.8;
const HAND_BACK = "Finish what matters most, and hand back what you have before you are cut off.";

export interface Limits extends AgentBudget {
  /** Of a run. */
  readonly toolCalls: number;
}

interface Limit {
  readonly limit: number;
  readonly used: (progress: Progress) => number;
  readonly words: (left: number, limit: number) => string;
}

/** Tells an agent once, when most of a limit is used, what is left: most would rather finish than be cut off. */
export function noticePolicy({ toolCalls, usd, tokens }: Limits): Policy {
  return {
    watch({ progress: before, deadlineMs }, clock, { notify }) {
      const waiting = new Set<Limit>(
        [
          {
            limit: toolCalls,
            used: ({ toolCallCount }: Progress) => toolCallCount - before.toolCallCount,
            words: (left: number, limit: number) => `${left} of ${limit} tool calls are left`,
          },
          {
            limit: tokens,
            used: (progress: Progress) => totalTokens(progress.tokens),
            words: (left: number, limit: number) => `${left} of ${limit} tokens are left`,
          },
          {
            limit: usd,
            used: ({ costUsd }: Progress) => costUsd,
            words: (left: number, limit: number) => `$${left.toFixed(4)} of $${limit} are left`,
          },
        ].filter(({ limit }) => limit > 0),
      );
      const tell = (words: string) => notify(`[limit] ${words}. ${HAND_BACK}`);
      let timer: Timer | undefined;
      if (deadlineMs !== null) {
        const left = Math.round((deadlineMs * (1 - TOLD_AT)) / 1000);
        timer = clock.alarm(clock.now() + deadlineMs * TOLD_AT, () =>
          tell(`${left} of ${Math.round(deadlineMs / 1000)} seconds are left`),
        );
      }
      return {
        progressed(progress) {
          for (const each of waiting) {
            const used = each.used(progress);
            if (used < each.limit * TOLD_AT) continue;
            waiting.delete(each);
            // One that is over its limit is ended by another rule.
            if (used <= each.limit) tell(each.words(each.limit - used, each.limit));
          }
        },
        dispose: () => timer?.clear(),
      };
    },
  };
}
