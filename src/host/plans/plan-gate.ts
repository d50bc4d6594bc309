import { isText, shape } from "../../shape.ts";
import type { Asker } from "../../plans/plan.ts";
import { isReadOnly } from "../read-only-commands.ts";
import type { OpenReviews } from "./open-reviews.ts";
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
  readonly reviews: OpenReviews;
  readonly families: Pick<SessionFamilies, "areOne">;
  /** Settles when the reviews that earlier processes left open are known. */
  readonly known: () => Promise<void>;
  /** A review that is open still, as far as it can be read: what is known of it may be a moment old. */
  readonly openReview: (slug: string) => Promise<OpenReview | undefined>;
}

/** A plan that is up for review now. */
export interface OpenReview {
  readonly askedBy?: Asker | undefined;
}

/**
 * Refuses what writes in a session that waits for a review, and in those that are its subagents or whose subagent it is.
 * Reading, and the tools for plans, pass.
 *
 * @throws Error for the model, which names the plan
 */
export async function gate(parts: PlanGateParts, tool: string, sessionId: string, args: unknown): Promise<void> {
  if (!writes(tool, args)) return;
  await parts.known();
  for (const waiting of parts.reviews.sessions) {
    if (!(await parts.families.areOne(waiting, sessionId))) continue;
    for (const slug of parts.reviews.of(waiting)) {
      const review = await parts.openReview(slug);
      if (review === undefined) parts.reviews.closed(slug);
      else if (tool !== SEND_MESSAGE || !isForAsker(args, review)) throw refusal(tool, slug, waiting === sessionId);
    }
  }
}

function refusal(tool: string, slug: string, isTold: boolean): Error {
  const told = isTold
    ? "a message tells you what the user decided"
    : "the session that asked is told what the user decided";
  return new Error(
    `${tool} was refused: the plan "${slug}" is up for review, and the user has not approved it. Nothing is changed before. ` +
      `Wait with bizar_wait_for_feedback {"planSlug": "${slug}"}, or end your turn: ${told}. ` +
      "Reading, searching and the tools for plans work.",
  );
}

function writes(tool: string, args: unknown): boolean {
  if (tool === "bash") return !hasCommand(args) || !isReadOnly(args.command);
  return WRITING.has(tool);
}

/** It has comments to answer, and is itself kept from writing. */
function isForAsker(args: unknown, { askedBy }: OpenReview): boolean {
  return hasInstance(args) && args.instanceId === askedBy?.instanceId;
}
