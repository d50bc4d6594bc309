import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import { unreachable } from "../../lib/unreachable.ts";
import type { ChangeReview } from "../../workspace/change-review.ts";
import { failure, type Result } from "../../workspace/result.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import { plainName } from "../../text/plain-name.ts";
import { ownMetadata } from "../../opencode/own-metadata.ts";
import type { PlanServices } from "../plans/plan-services.ts";
import { whenAborted } from "../../lib/when-aborted.ts";
import { answer, errorAnswer } from "./answer.ts";
import { callUser, waitForPerson } from "./wait-for-person.ts";

const DEFAULT_TIMEOUT_MS = 600_000;

export interface ChangesWait {
  readonly instanceId: string;
  readonly agent: string;
  readonly timeoutMs?: number;
}

/** A review on which a person has decided. */
type Decided = ChangeReview & { readonly decision: NonNullable<ChangeReview["decision"]>; readonly decidedAt: string };

/** Puts an agent's changes up for review, which only a person applies, and waits for what they decide. */
export async function waitForChanges(
  desk: PlanServices,
  workspace: Pick<Workspace, "look" | "reviews">,
  { instanceId, agent, timeoutMs = DEFAULT_TIMEOUT_MS }: ChangesWait,
  context: Pick<ToolContext, "sessionID" | "abort">,
): Promise<ToolResult> {
  const { sessionID } = context;
  const { reviews } = workspace;
  const asked = await ask(workspace, instanceId, sessionID);
  if (!asked.ok) {
    const { reason, error, files } = asked;
    return errorAnswer(error, { instanceId, reason, ...(files === undefined ? {} : { files }) });
  }
  const title = `${plainName(agent)}: apply`;
  const ended = desk.changeReviews.waiting(sessionID, instanceId);
  const { outcome, lost, waitedMs } = await waitForPerson<Decided>(desk, context, {
    timeoutMs,
    first: async (signal) => await firstDecision(reviews, instanceId, signal),
    now: async () => {
      const now = await workspace.look(instanceId);
      const review = now.ok ? now.value?.state.review : undefined;
      return isDecided(review) ? review : "over";
    },
    call: (signal) => void callUser(desk, sessionID, instanceId, signal),
  }).finally(() => {
    ended();
    // What a person does from here on is announced.
    desk.follow(instanceId);
  });
  if (outcome === "over") {
    const status = desk.unread.has(sessionID) ? "user_message" : "timed_out";
    const written = status === "user_message" ? "The user has written: read it and answer. " : "";
    const message = `${written}Nothing was applied; the review stays open. ${onlyUser(instanceId)}`;
    return answer(title, { instanceId, status, message, waitedMs }, { instanceId });
  }
  const { decision, note, comments, decidedAt } = outcome;
  // Of an answer that the host takes no longer nobody has heard.
  if (!lost.aborted) await reviews.told(instanceId, decidedAt);
  const said = note === null ? {} : { note };
  const value = { instanceId, status: decision, ...said, message: decisionWords(decision, comments), waitedMs };
  return answer(title, value, { instanceId, status: decision, ...ownMetadata({ plan: instanceId, until: decidedAt }) });
}

/** What a person has decided, for the session that asked. */
export function decisionWords(decision: Decided["decision"], comments: number): string {
  switch (decision) {
    case "applied":
      return "The user has applied the changes to the files. Nothing was staged or committed.";
    case "sent_back": {
      const with_ = comments === 0 ? "a note" : comments === 1 ? "1 comment" : `${comments} comments`;
      return `The user has sent the changes back to the agent with ${with_}: it goes on with them. Collect it, then put its work up again with apply.`;
    }
    case "discarded":
      return "The user has discarded the changes. Do not do it again another way; ask what they want.";
    default:
      return unreachable(decision);
  }
}

/** For a model that reads an approval in the chat. */
function onlyUser(instanceId: string): string {
  return (
    `A yes in the chat applies nothing: the user applies on the page, or types /bizar apply ${instanceId}. ` +
    "You are told what they decide later; what they send back, the agent goes on with, and its end is told."
  );
}

/** Nobody is asked about what cannot be applied. */
async function ask(
  workspace: Pick<Workspace, "look" | "reviews">,
  instanceId: string,
  sessionId: string,
): Promise<Result<unknown>> {
  const found = await workspace.look(instanceId);
  if (!found.ok) return found;
  const { state, changes } = found.value ?? {};
  if (state === undefined) return failure("no_folder", "The agent's folder is gone.");
  if (state.status === "applied") return failure("nothing_to_do", "The changes were applied before.");
  if (state.status === "discarded") return failure("nothing_to_do", "The agent's changes were discarded.");
  if (changes === undefined) return failure("nothing_to_do", "The agent has changed nothing.");
  if (typeof changes.applies === "object") {
    const names = changes.applies.join(", ");
    const next = "The action update merges the files of now into the agent's folder and asks it to finish.";
    return failure(
      "conflict",
      `The user was not asked. Both changed the same places of: ${names}. ${next}`,
      changes.applies,
    );
  }
  return await workspace.reviews.ask(instanceId, sessionId);
}

async function firstDecision(
  reviews: Workspace["reviews"],
  instanceId: string,
  signal: AbortSignal,
): Promise<Decided | "over"> {
  const { promise, resolve } = Promise.withResolvers<Decided>();
  const watch = reviews.watch(instanceId, (review) => isDecided(review) && resolve(review));
  try {
    return await Promise.race([promise, whenAborted(signal).then(() => "over" as const)]);
  } finally {
    watch.close();
  }
}

function isDecided(review: ChangeReview | undefined): review is Decided {
  return review !== undefined && review.decision !== null && review.decidedAt !== null;
}
