import type { Hooks } from "../opencode/plugin-api.ts";
import { writeSync } from "node:fs";
import { endTreeNow } from "../processes/end-tree.ts";
import { systemProcessTable, type ProcessTable } from "../processes/process-table.ts";
import { endedCall } from "./ended-call.ts";
import { markerOf, type AgentRole } from "./role.ts";
import { Strays } from "./strays.ts";
import { isSupervised } from "./supervisor-watch.ts";
import { formatTreeReport } from "./tree-report.ts";

const STDERR = 2;
const COMMAND_CHARACTERS = 500;

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
    // With nobody to collect what it leaves, it takes it along; elsewhere nobody is who could see it.
    if (role.launched !== undefined) {
      const { ended } = endTreeNow({ marker: markerOf(role), strays: strays.known }, belowOnly());
      const left = ended.map(({ pid, command }) => ({ pid, command: command.slice(0, COMMAND_CHARACTERS) }));
      if (left.length > 0) writeSync(STDERR, `${formatTreeReport(role.nonce, { left })}\n`);
    } else if (!isSupervised(role)) endTreeNow({ marker: role.instanceId });
  });
  return { strays, calls };
}

/** The table without what is above this process: the shell that has started it tells how it ended, and its launcher. */
function belowOnly(table: ProcessTable = systemProcessTable()): ProcessTable {
  const above = new Set<number>();
  for (let row = table.find(process.ppid); row !== undefined && !above.has(row.pid); row = table.find(row.parentPid)) {
    above.add(row.pid);
  }
  return Object.assign(Object.create(table) as ProcessTable, {
    list: () => table.list().filter(({ pid }) => !above.has(pid)),
  });
}
