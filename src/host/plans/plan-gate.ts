import { isText, shape } from "../../shape.ts";
import type { Hold } from "../../plans/holds.ts";
import type { Asker } from "../../plans/plan.ts";
import { describeChanges } from "../../plans/standing-words.ts";
import { isReadOnly } from "../read-only-commands.ts";
import type { SessionFamilies } from "./session-families.ts";

const SEND_MESSAGE = "bizar_send_message";

/** Tools that change something, or have somebody change it. */
const WRITING = new Set([
  "edit",
  "write",
  "patch",
  "multiedit",
  "apply_patch",
  "task",
  "bizar_spawn_background",
  SEND_MESSAGE,
]);

const hasCommand = shape({ command: isText });
const hasInstance = shape({ instanceId: isText });

export interface PlanGateParts {
  readonly families: Pick<SessionFamilies, "areOne">;
  /** The sessions that a review of this asker holds for. */
  readonly sessionsOf: (asker: Asker) => Promise<readonly string[]>;
  /** The reviews for which nothing is to be written now. */
  readonly holds: () => Promise<readonly Hold[]>;
}

/**
 * Refuses what writes in a session that waits for a review or has changed what was approved, and in those that are its
 * subagents or whose subagent it is. Reading, and the tools for plans, pass.
 *
 * @throws Error for the model, which names the plan
 */
export async function gate(parts: PlanGateParts, tool: string, sessionId: string, args: unknown): Promise<void> {
  if (!writes(tool, args)) return;
  for (const hold of await parts.holds()) {
    if (hold.askedBy === undefined || (tool === SEND_MESSAGE && isForAsker(args, hold.askedBy))) continue;
    for (const waiting of await parts.sessionsOf(hold.askedBy)) {
      if (await parts.families.areOne(waiting, sessionId)) throw refusal(tool, hold, waiting === sessionId);
    }
  }
}

function refusal(tool: string, hold: Hold, isTold: boolean): Error {
  return new Error(`${tool} was refused: ${whyHeld(hold, isTold)} Reading, searching and the tools for plans work.`);
}

function whyHeld({ slug, why }: Hold, isTold: boolean): string {
  const told = isTold
    ? "a message tells you what the user decided"
    : "the session that asked is told what the user decided";
  const wait = `bizar_wait_for_feedback {"planSlug": "${slug}"}`;
  switch (why.kind) {
    case "open":
      return `the plan "${slug}" is up for review, and the user has not approved it. Nothing is changed before. Wait with ${wait}, or end your turn: ${told}.`;
    case "gone":
      return `the plan "${slug}" was up for review, and is gone. Draw it again and put it up with ${wait}; or the user ends its review with /plan delete ${slug} ${slug}.`;
    case "unreadable":
      return `the plan "${slug}" is up for review, and cannot be read: ${JSON.stringify(why.message)}. Tell the user.`;
    case "changed":
      return `the plan "${slug}" has been changed since the user approved it: ${describeChanges(why.changes)}. Put it up again with ${wait}, or take the change back: with the plan as it was approved you can go on.`;
    default:
      return unreachable(why);
  }
}

function unreachable(value: never): never {
  throw new Error(`Unknown hold: ${JSON.stringify(value)}`);
}

function writes(tool: string, args: unknown): boolean {
  if (tool === "bash") return !hasCommand(args) || !isReadOnly(args.command);
  return WRITING.has(tool);
}

/** It has comments to answer, and is itself kept from writing. */
function isForAsker(args: unknown, { instanceId }: Asker): boolean {
  return hasInstance(args) && args.instanceId === instanceId;
}
