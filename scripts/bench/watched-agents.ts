import { createInstance, type Instance, type Liveness, type Progress } from "../../src/supervisor/instance.ts";
import { agentBudgetPolicy, FleetBudget, toolCapPolicy } from "../../src/supervisor/policies/caps.ts";
import { deadlinePolicy } from "../../src/supervisor/policies/deadline.ts";
import type { Policy } from "../../src/supervisor/policies/policy.ts";
import { silencePolicy } from "../../src/supervisor/policies/silence.ts";
import { thinkingLoopPolicy } from "../../src/supervisor/policies/thinking-loop.ts";

/** An agent that runs into the limit of one watchdog. Times in milliseconds since the epoch. */
export interface WatchedAgent {
  readonly name: string;
  readonly policy: Policy;
  /** What the agent reports while it is heard of. */
  readonly progressAt: (now: number, start: number) => Partial<Progress>;
  /** When the limit is reached, with the last report at `last`. */
  readonly limitAt: (last: number, start: number) => number;
}

const LIMIT_MS = 300;
/** So long each agent is heard of. */
export const HEARD_FOR_MS = 200;
/** No option: a large file takes that long to be written. */
const COMPOSING_LIMIT_MS = 600_000;

const silence = silencePolicy({ stallTimeoutMs: LIMIT_MS, toolTimeoutMs: LIMIT_MS });
const thinkingLoop = (maxInterventions: number) => thinkingLoopPolicy({ timeoutMs: LIMIT_MS, maxInterventions });
const sinceStart = (_last: number, start: number) => start + LIMIT_MS;
const sinceLast = (last: number) => last + LIMIT_MS;
const atOnce = (last: number) => last;

export const WATCHED_AGENTS: readonly WatchedAgent[] = [
  { name: "silent model", policy: silence, progressAt: () => ({}), limitAt: sinceLast },
  {
    name: "tool that runs too long",
    policy: silence,
    progressAt: (_now, start) => ({ activity: "tool bash", liveness: live({ phase: "tool", since: start }) }),
    limitAt: sinceStart,
  },
  {
    name: "tool call that is never finished",
    policy: silence,
    progressAt: (_now, start) => {
      const since = start + LIMIT_MS - COMPOSING_LIMIT_MS;
      return { activity: "composing write", liveness: live({ phase: "composing", since }) };
    },
    limitAt: sinceStart,
  },
  {
    name: "silence after a provider's retry",
    policy: silence,
    progressAt: (_now, start) => ({
      activity: "retrying",
      liveness: live({ phase: "retrying", since: start, retryAt: start + LIMIT_MS }),
    }),
    limitAt: (_last, start) => start + 2 * LIMIT_MS,
  },
  {
    name: "silence on the pipes, no voice",
    policy: silence,
    progressAt: () => ({ voice: false, liveness: null }),
    limitAt: sinceLast,
  },
  {
    name: "thinking loop, intervention",
    policy: thinkingLoop(1),
    progressAt: (_now, start) => ({ liveness: live({ since: start, thinkingSince: start }) }),
    limitAt: sinceStart,
  },
  {
    name: "thinking loop, end",
    policy: thinkingLoop(0),
    progressAt: (_now, start) => ({ liveness: live({ since: start, thinkingSince: start }) }),
    limitAt: sinceStart,
  },
  { name: "deadline", policy: deadlinePolicy, progressAt: () => ({}), limitAt: sinceStart },
  {
    name: "tool calls over the cap",
    policy: toolCapPolicy(1),
    progressAt: (now, start) => ({ toolCallCount: now - start < HEARD_FOR_MS ? 1 : 2 }),
    limitAt: atOnce,
  },
  {
    name: "cost over the agent's budget",
    policy: agentBudgetPolicy({ usd: 1, tokens: 0 }),
    progressAt: (now, start) => ({ costUsd: now - start < HEARD_FOR_MS ? 1 : 1.01 }),
    limitAt: atOnce,
  },
  {
    name: "cost over the fleet's budget",
    // Each round is another opencode: nothing has been spent.
    get policy() {
      return new FleetBudget(1).policy;
    },
    progressAt: (now, start) => ({ costUsd: now - start < HEARD_FOR_MS ? 1 : 1.01 }),
    limitAt: atOnce,
  },
];

function live(given: Partial<Liveness>): Liveness {
  const quiet = { phase: "model", since: 0, retryAt: null, thinkingSince: null } as const;
  return { ...quiet, hasActed: false, repeatsItself: false, ...given };
}

/** An agent with a deadline, last heard of now. */
export function agentAt(now: number): Instance {
  const request = {
    agent: "mimir",
    model: { providerId: "scripted", modelId: "model-a" },
    title: "Watched",
    prompt: "Work.",
    directory: "/project",
    parent: { sessionId: "ses_parent", messageId: "msg_parent", agent: "odin" },
    timeoutMs: 300_000,
    deadlineMs: LIMIT_MS,
    announce: "off" as const,
  };
  const instance = createInstance("bgr_00000000000000000000000000", request, now);
  const progress = { ...instance.progress, voice: true, liveness: live({ since: now }), lastActivityAt: now };
  return { ...instance, progress };
}
