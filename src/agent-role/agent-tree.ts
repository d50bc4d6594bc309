import type { Hooks } from "@opencode-ai/plugin";
import { writeSync } from "node:fs";
import { endTreeNow } from "../processes/end-tree.ts";
import { endedCall } from "./ended-call.ts";
import type { AgentRole } from "./role.ts";
import { Strays } from "./strays.ts";
import { isSupervised } from "./supervisor-watch.ts";
import { formatTreeReport } from "./tree-report.ts";

const STDERR = 2;

/** One for the process: a second plugin instance in it is the same agent's. */
let tree: ReturnType<typeof openTree> | undefined;

/** Keeps the processes of an agent together: orphans below it stay below it, and those that are nobody else's are reported. */
export function agentTree(role: AgentRole): Required<Pick<Hooks, "tool.execute.before" | "event">> {
  const { strays, calls } = (tree ??= openTree(role));
  return {
    async "tool.execute.before"({ callID }) {
      calls.add(callID);
      await strays.ready;
      strays.wake();
    },
    async event({ event }) {
      const call = endedCall(event);
      if (call !== undefined && calls.delete(call)) strays.look();
    },
  };
}

function openTree(role: AgentRole) {
  const calls = new Set<string>();
  const strays = new Strays({
    ownersOf: () => [role.instanceId],
    // At the exit nothing is written any more that is not written now.
    tell: (found) => void writeSync(STDERR, `${formatTreeReport(role.nonce, { strays: found })}\n`),
    isAtWork: () => calls.size > 0,
  });
  process.on("exit", () => {
    strays.look();
    // With nobody to collect what it leaves, it takes it along.
    if (!isSupervised(role)) endTreeNow({ marker: role.instanceId });
  });
  return { strays, calls };
}
