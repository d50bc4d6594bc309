import type { ModelAnswer, ModelRequest, Script, ToolCall } from "../scripted-host/scripted-model.ts";
import { MIMIR_TASK, ODIN_PROMPT, THOR_TASK, WRITTEN } from "./task.ts";

/** What the scripted thor writes. */
export const SCRIPTED_FILE = `# Tiny shop: usage

    import { total } from "./src/cart.ts";

    total([60, 50]); // 99: ten percent off from 100 on
`;

/** Nothing in the demo waits longer than this for another agent: a demo that went wrong still ends. */
const MEETING_LIMIT_MS = 30_000;

/**
 * The model of the demo: odin, mimir and thor say what is written here, and everything else is real. Odin looks at
 * the agents when both are at work, and they finish after it has looked, so that the status has something to show.
 */
export function scriptedAnswers(): Script {
  const mimirWorks = Promise.withResolvers<void>();
  const thorWorks = Promise.withResolvers<void>();
  const odinLooked = Promise.withResolvers<void>();
  const atWork = meeting(mimirWorks.promise, thorWorks.promise);
  return (request) => {
    switch (request.prompt) {
      case MIMIR_TASK:
        if (request.step === 1) mimirWorks.resolve();
        return mimirSays(request, meeting(odinLooked.promise));
      case THOR_TASK:
        if (request.step === 1) thorWorks.resolve();
        return thorSays(request, meeting(odinLooked.promise));
      case ODIN_PROMPT:
        if (request.step === 2) odinLooked.resolve();
        return odinSays(request, atWork);
      default:
        return { text: "The script has no answer to this." };
    }
  };
}

function odinSays({ step, toolResults }: ModelRequest, atWork: Promise<unknown>): ModelAnswer {
  switch (step) {
    case 0:
      return {
        text: "Two tasks that do not depend on each other: mimir reads, thor writes, both at the same time.",
        calls: [spawn("mimir", "discount rule", MIMIR_TASK), spawn("thor", "usage page", THOR_TASK)],
      };
    case 1:
      return { after: atWork, calls: [{ tool: "bizar_status", args: {} }] };
    case 2: {
      const instanceIds = toolResults
        .slice(0, 2)
        .map((text) => (JSON.parse(text) as { instanceId: string }).instanceId);
      return { calls: [{ tool: "bizar_collect", args: { instanceIds, wait: "all" } }] };
    }
    default: {
      const results = JSON.parse(toolResults.at(-1) ?? "[]") as { result?: string }[];
      return { text: ["Both are done.", ...results.map(({ result }) => `- ${result}`)].join("\n") };
    }
  }
}

function spawn(agent: string, title: string, prompt: string): ToolCall {
  return { tool: "bizar_spawn_background", args: { agent, title, prompt } };
}

function mimirSays({ step, toolResults }: ModelRequest, looked: Promise<unknown>): ModelAnswer {
  if (step === 0) {
    const grep = { command: "grep -n 0.9 src/cart.ts", description: "Finds the discount rule" };
    return {
      calls: [
        { tool: "read", args: { filePath: "src/cart.ts" } },
        { tool: "bash", args: grep },
      ],
    };
  }
  const line = /^(\d+):/m.exec(toolResults.at(-1) ?? "")?.[1] ?? "?";
  return {
    after: looked,
    text: `From a sum of 100 euros on, total() takes ten percent off (src/cart.ts, line ${line}).`,
  };
}

function thorSays({ step, toolResults }: ModelRequest, looked: Promise<unknown>): ModelAnswer {
  if (step === 0) {
    return { calls: [{ tool: "write", args: { filePath: WRITTEN, content: SCRIPTED_FILE } }] };
  }
  if (step === 1) {
    return { calls: [{ tool: "bash", args: { command: `cat ${WRITTEN}`, description: "Checks the file" } }] };
  }
  const isThere = toolResults.at(-1)?.includes("total([60, 50])") === true;
  return {
    after: looked,
    text: isThere ? `Wrote ${WRITTEN} with one example of total().` : `${WRITTEN} is not as it should be.`,
  };
}

/** Settles when all have come, or after a while without them. */
function meeting(...comers: readonly Promise<unknown>[]): Promise<unknown> {
  return Promise.race([Promise.all(comers), Bun.sleep(MEETING_LIMIT_MS)]);
}
