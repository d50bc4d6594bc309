import type { Hold } from "../../plans/plan-store-port.ts";
import type { Asker } from "../../plans/plan.ts";
import { describeChanges } from "../../plans/standing-words.ts";
import { readReadingCommands, type ReadingCommand } from "../shell/only-reads.ts";
import type { Refusal } from "../shell/plain-commands.ts";
import { approvalWords } from "./approval-words.ts";
import { isBashCall } from "../shell/reading-shell.ts";
import { quotedRefusal, READING_NAMES } from "../shell/refusal-text.ts";
import type { SessionFamilies } from "./session-families.ts";
import { unreachable } from "../../lib/unreachable.ts";
import { CHANGES, PLAN_WAIT, SEND_MESSAGE, SPAWN } from "../../text/own-tools.ts";
import { BASH, CHANGING_FILES, TASK } from "../../opencode/tool-names.ts";

/** Tools that change something, or have somebody change it. */
const WRITING = new Set([...CHANGING_FILES, TASK, SPAWN, SEND_MESSAGE, CHANGES]);
/** What of an agent's changes only looks at them, or throws them away. */
const TAKING_NOTHING = new Set(["show", "discard"]);

export interface PlanGateParts {
  readonly families: Pick<SessionFamilies, "areOne">;
  /** The sessions that a review of this asker holds for. */
  readonly sessionsOf: (asker: Asker) => Promise<readonly string[]>;
  /** The reviews for which nothing is to be written now. */
  readonly holds: () => Promise<readonly Hold[]>;
  /** What a call of a tool for background agents is about; without one in this process, nothing is known of any. */
  readonly agentCall?: {
    /** The id of the agent that a message is for. */
    readonly addressee: (args: unknown, sessionId: string) => Promise<string | undefined>;
    /** What is to be done with an agent's changes. */
    readonly changesAction: (args: unknown) => string | undefined;
  };
  /** A line of bash is let through because it only reads. */
  readonly allowReading: (sessionId: string, callId: string, commands: readonly ReadingCommand[]) => void;
}

/** A call that asks to be run. */
export interface GatedCall {
  readonly tool: string;
  readonly sessionId: string;
  readonly callId: string;
  readonly args: unknown;
}

/**
 * Refuses what writes in a session that waits for a review or has changed what was approved, and in those that are its
 * subagents or whose subagent it is. Reading, and the tools for plans, pass.
 *
 * @throws Error for the model, which names the plan
 */
export async function gate(parts: PlanGateParts, call: GatedCall): Promise<void> {
  const { tool, sessionId, callId, args } = call;
  if (tool !== BASH && !WRITING.has(tool)) return;
  if (tool === CHANGES && TAKING_NOTHING.has(parts.agentCall?.changesAction(args) ?? "")) return;
  const holds = (await parts.holds()).filter(({ askedBy }) => askedBy !== undefined);
  if (holds.length === 0) return;
  const addressee = tool === SEND_MESSAGE ? await parts.agentCall?.addressee(args, sessionId) : undefined;
  for (const hold of holds) {
    // It has comments to answer, and is itself kept from writing.
    if (hold.askedBy === undefined || (addressee !== undefined && addressee === hold.askedBy.instanceId)) continue;
    for (const waiting of await parts.sessionsOf(hold.askedBy)) {
      if (!(await parts.families.areOne(waiting, sessionId))) continue;
      const found = tool === BASH ? await readReadingCommands(isBashCall(args) ? args.command : "") : undefined;
      if (found === undefined || "why" in found) throw refusal(tool, hold, waiting === sessionId, found);
      parts.allowReading(sessionId, callId, found);
      return;
    }
  }
}

function refusal(tool: string, hold: Hold, isTold: boolean, found: Refusal | undefined): Error {
  const allowed =
    found === undefined
      ? "Reading, searching and the tools for plans work."
      : `Of bash, what only reads works (${READING_NAMES}), without output to files, variables, substitutions and loops; ` +
        `${quotedRefusal(found)}.`;
  return new Error(`${tool} was refused: ${whyHeld(hold, isTold)} ${allowed}`);
}

function whyHeld({ slug, why }: Hold, isTold: boolean): string {
  const told = isTold
    ? "a message tells you what the user decided"
    : "the session that asked is told what the user decided";
  const wait = `${PLAN_WAIT} {"planSlug": "${slug}"}`;
  switch (why.kind) {
    case "open":
      return `the plan "${slug}" is up for review, and the user has not approved it. Nothing is changed before. Wait with ${wait}, or end your turn: ${told}. ${approvalWords(slug)}`;
    case "gone":
      return `the plan "${slug}" was up for review, and is gone. Draw it again and put it up with ${wait}; or the user ends its review with /plan delete ${slug} ${slug}.`;
    case "unreadable":
      return `the plan "${slug}" is up for review, and cannot be read: ${JSON.stringify(why.message)}. Tell the user.`;
    case "changed":
      return `the plan "${slug}" has been changed since the user approved it: ${describeChanges(why.changes)}. Put it up again with ${wait}, or take the change back: with the plan as it was approved you can go on. ${approvalWords(slug)}`;
    default:
      return unreachable(why);
  }
}
