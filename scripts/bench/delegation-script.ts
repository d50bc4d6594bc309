import type { ModelAnswer, ModelRequest, Script, ToolCall } from "../scripted-host/scripted-model.ts";

/** What the model is asked as each kind of agent. */
export const PROMPTS = {
  main: "Say that you are done.",
  delegate: "Delegate four parts, draw the plan, and have a subagent look.",
  subagent: "Look around, as a native subagent.",
};
export const BACKENDS = ["process", "warm"] as const;
/** So many are spawned. */
export const AGENTS = 4;
/** So often Odin looks at them, in one message: opencode asks a person about a third call that is the same. */
export const LOOKS = 2;
/** What each of them hands back. */
export const RESULT = "The rate limit stands in src/limits.ts:12.";

const PARTS = ["schema", "limits", "store", "proxy", "headers", "config", "tests", "docs", "rollout", "risk"];
const PLAN = {
  planSlug: "rate-limits",
  planTitle: "Rate limits",
  elements: PARTS.map((name, index) => ({
    name,
    type: index % 2 === 0 ? "task" : "note",
    title: `Work on the ${name}`,
    content: `Add the ${name} to the service and check it.`,
  })),
  connections: PARTS.slice(1).map((name, index) => `${PARTS[index]}>${name} then`),
};

/** The prompt of the first agent on a backend. */
export function agentPrompt(backend: (typeof BACKENDS)[number]): string {
  return `Look at part 1 on the ${backend} backend.`;
}

/** Odin spawns four agents, looks at them while they run, collects them, draws a plan and looks at it. */
export function delegation(): Script {
  const looked = Promise.withResolvers<void>();
  return async ({ prompt, step, toolResults }) => {
    if (prompt.startsWith("Look at part")) {
      await looked.promise;
      return { text: RESULT };
    }
    if (prompt !== PROMPTS.delegate) return { text: "Done." };
    if (step === 2) looked.resolve();
    return odinStep(step, toolResults);
  };
}

function odinStep(step: number, toolResults: ModelRequest["toolResults"]): ModelAnswer {
  const instanceIds = toolResults
    .slice(0, AGENTS)
    .map((text) => (JSON.parse(text) as { instanceId: string }).instanceId);
  const calls: readonly (readonly ToolCall[])[] = [
    Array.from({ length: AGENTS }, (_, index) => {
      const backend = BACKENDS[index % BACKENDS.length] ?? "warm";
      const prompt = agentPrompt(backend).replace("1", String(1 + Math.floor(index / BACKENDS.length)));
      const args = { agent: "general", backend, prompt, title: `Rate limits, part ${index + 1}` };
      return { tool: "bizar_spawn_background", args };
    }),
    Array.from({ length: LOOKS }, () => ({ tool: "bizar_status", args: {} })),
    [{ tool: "bizar_collect", args: { instanceIds } }],
    [{ tool: "bizar_plan_action", args: { action: "draw", ...PLAN } }],
    [{ tool: "bizar_plan_action", args: { action: "get_canvas", planSlug: PLAN.planSlug } }],
    [{ tool: "task", args: { description: "Looks", prompt: PROMPTS.subagent, subagent_type: "general" } }],
  ];
  const next = calls[step];
  return next === undefined ? { text: "Done." } : { calls: next };
}
