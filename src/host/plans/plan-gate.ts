import { isText, shape } from "../../shape.ts";
import { isReadOnly } from "../read-only-commands.ts";
import type { OpenReviews } from "./open-reviews.ts";

/** Tools that change something, or have somebody change it. */
const WRITING = new Set(["edit", "write", "patch", "multiedit", "apply_patch", "task", "bizar_spawn_background"]);

const hasCommand = shape({ command: isText });

export interface PlanGateParts {
  readonly reviews: OpenReviews;
  /** Settles when the reviews that earlier processes left open are known. */
  readonly known: () => Promise<void>;
  /** Whether a review is open still: what is known of it may be a moment old. */
  readonly isOpen: (slug: string) => Promise<boolean>;
}

/**
 * Refuses what writes in a session that waits for a review. Reading, and the tools for plans, pass.
 *
 * @throws Error for the model, which names the plan
 */
export async function gate(parts: PlanGateParts, tool: string, sessionId: string, args: unknown): Promise<void> {
  if (!writes(tool, args)) return;
  await parts.known();
  for (const slug of parts.reviews.of(sessionId)) {
    if (!(await parts.isOpen(slug))) {
      parts.reviews.closed(slug);
      continue;
    }
    throw new Error(
      `${tool} was refused: the plan "${slug}" is up for review, and the user has not approved it. Nothing is changed before. ` +
        `Wait with bizar_wait_for_feedback {"planSlug": "${slug}"}, or end your turn: a message tells you what the user decided. ` +
        "Reading, searching and the tools for plans work.",
    );
  }
}

function writes(tool: string, args: unknown): boolean {
  if (tool === "bash") return !hasCommand(args) || !isReadOnly(args.command);
  return WRITING.has(tool);
}
