import { plainName } from "../../text/plain-name.ts";
import { plainLine } from "../../text/plain-text.ts";
import type { ChangeReview } from "../../workspace/change-review.ts";
import type { ChangeReviews } from "../../workspace/change-reviews.ts";
import type { ReviewSubjects } from "../plans/review-subjects.ts";

const NOTE_CHARACTERS = 2000;
const TITLE_CHARACTERS = 60;

export interface ChangesSubjectsParts {
  readonly reviews: () => Promise<ChangeReviews>;
  /** Whose changes they are; `undefined` of another project's. */
  readonly agent: (instanceId: string) => Promise<{ readonly agent: string; readonly title: string } | undefined>;
}

/**
 * What agents have changed, under review by the user. What is sent back is no news: the agent goes on with it, and its end
 * is told.
 */
export function changesSubjects({ reviews, agent }: ChangesSubjectsParts): ReviewSubjects {
  return {
    kind: "review of changes",
    async underReview() {
      const ids = await (await reviews()).underReview();
      const here = await Promise.all(ids.map(async (id) => ((await agent(id)) === undefined ? [] : [id])));
      return here.flat();
    },
    async read(instanceId) {
      const review = await (await reviews()).read(instanceId);
      if (review === undefined) return "gone";
      const { sessionId, decision, decidedAt, toldUntil } = review;
      const isNews = decision !== "sent_back" && decidedAt !== null && decidedAt > toldUntil;
      const who = isNews ? await agent(instanceId) : undefined;
      return {
        askedBy: { sessionId },
        isOpen: decision === null,
        isOver: decision !== null && !isNews,
        toldUntil,
        news: isNews
          ? { until: decidedAt, isGoingOn: false, text: () => decidedText(instanceId, who, review) }
          : undefined,
      };
    },
    watch(instanceId, changed) {
      let watch: { close(): void } | undefined;
      let isClosed = false;
      const begin = async () => {
        const all = await reviews();
        // Whoever waits looks as well; here nothing wakes up while nothing happens.
        if (!isClosed) watch = all.watch(instanceId, () => changed(), null);
      };
      void begin().catch(() => undefined);
      return {
        close() {
          isClosed = true;
          watch?.close();
        },
      };
    },
    async tellOnce(instanceId, from, until) {
      const claimed = await (await reviews()).tellOnce(instanceId, from, until);
      if (!claimed.ok) throw new Error(claimed.error);
      return claimed.value;
    },
  };
}

function decidedText(
  instanceId: string,
  who: { readonly agent: string; readonly title: string } | undefined,
  { decision, note }: Pick<ChangeReview, "decision" | "note">,
): string {
  const agent =
    who === undefined
      ? "an agent"
      : `${plainName(who.agent)} ${JSON.stringify(plainLine(who.title, TITLE_CHARACTERS))}`;
  const happened =
    decision === "applied"
      ? "the user has applied them to the files. Nothing was staged or committed."
      : "the user has discarded them. Do not do it again another way; ask what they want.";
  return [
    "This is an automatic message of the Bizar plugin. It does not come from the user, but says what the user did.",
    `The changes of ${agent} (${instanceId}), which you put up for review: ${happened}`,
    ...(note === null ? [] : [`Note: ${JSON.stringify(plainLine(note, NOTE_CHARACTERS))}`]),
  ].join("\n");
}
