import type { Tokens } from "../instance.ts";
import type { Policy } from "./policy.ts";

/** Ends an agent that makes more tool calls than this; each call counts once. */
export function toolCapPolicy(cap: number): Policy {
  return {
    watch({ progress: before }, _clock, { end }) {
      return {
        progressed({ toolCallCount }) {
          // A follow-up starts afresh: the calls of earlier turns were within the cap, or ended them.
          if (toolCallCount - before.toolCallCount <= cap) return;
          const error = `The agent made more than ${cap} tool calls (backgroundToolCallCap).`;
          end({ status: "failed", reason: "tool_cap", error });
        },
        dispose() {},
      };
    },
  };
}

export interface AgentBudget {
  /** US dollars; 0 for no limit. */
  readonly usd: number;
  /** Tokens of every kind; 0 for no limit. */
  readonly tokens: number;
}

/** Ends an agent that costs more than its own budget. */
export function agentBudgetPolicy({ usd, tokens }: AgentBudget): Policy {
  return {
    watch(_instance, _clock, { end }) {
      return {
        progressed(progress) {
          const spent = totalTokens(progress.tokens);
          if (usd > 0 && progress.costUsd > usd) {
            end(
              overBudget(
                `The agent cost $${progress.costUsd.toFixed(4)}, its budget is $${usd} (backgroundBudgetUsd).`,
              ),
            );
          } else if (tokens > 0 && spent > tokens) {
            end(overBudget(`The agent used ${spent} tokens, its budget is ${tokens} (backgroundTokenBudget).`));
          }
        },
        dispose() {},
      };
    },
  };
}

/** What all agents of this host process have cost together. */
export class FleetBudget {
  constructor(
    /** US dollars; 0 for no limit. */
    private readonly limitUsd: number,
    /** What the agents of all plugin instances of this process have cost; counted on here. */
    private readonly spent: { usd: number } = { usd: 0 },
  ) {}

  /** Why no new agent may start, or `undefined`. */
  refusal(): string | undefined {
    return this.#isSpent() ? `${this.#words()} No agent is started any more.` : undefined;
  }

  /** Ends the run that crosses the budget. */
  readonly policy: Policy = {
    watch: ({ progress }, _clock, { end }) => {
      // A follow-up goes on where the turns before it, perhaps of another host, have stopped.
      let counted = progress.costUsd;
      return {
        progressed: ({ costUsd }) => {
          if (costUsd <= counted) return;
          this.spent.usd += costUsd - counted;
          counted = costUsd;
          if (this.#isSpent()) end(overBudget(this.#words()));
        },
        dispose() {},
      };
    },
  };

  #isSpent(): boolean {
    return this.limitUsd > 0 && this.spent.usd > this.limitUsd;
  }

  #words(): string {
    const spent = this.spent.usd.toFixed(4);
    return `All agents of this opencode together cost $${spent}, their budget is $${this.limitUsd} (fleetBudgetUsd).`;
  }
}

function overBudget(error: string) {
  return { status: "failed", reason: "budget", error } as const;
}

/** Tokens of every kind. */
export function totalTokens({ input, output, reasoning, cacheRead, cacheWrite }: Tokens): number {
  return input + output + reasoning + cacheRead + cacheWrite;
}
