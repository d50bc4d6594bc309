import { expect, test } from "bun:test";
import type { SyntheticMessage } from "../../../src/opencode/host-client.ts";
import { OpenReviews } from "../../../src/host/plans/open-reviews.ts";
import { UnreadMessages } from "../../../src/host/unread-messages.ts";
import { startPlans } from "../../../src/host/plans/start-plans.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { followLink } from "../../canvas/follow-link.ts";
import { until } from "../../until.ts";

test("a decision that is taken back on the page is told as well, though the first one has been told", async () => {
  const put: SyntheticMessage[] = [];
  const folder = temporaryFolder();
  const side = startPlans({
    worktree: folder,
    stateDir: `${folder}/state`,
    openBrowser: "never",
    reviews: new OpenReviews(),
    unread: new UnreadMessages(),
    instanceOf: async () => undefined,
    say: async () => undefined,
    notify: () => undefined,
    report: () => undefined,
    announcing: {
      sessions: { isBusy: () => false, isActive: () => true },
      agent: async () => undefined,
      host: {
        messages: async () => [],
        put: async (_sessionId, message) => {
          put.push(message);
          return true;
        },
      },
    },
  });
  await side.plans.create("x", "blank");
  await side.plans.openReview("x", { sessionId: "ses_1" });
  await side.announcers?.followAll();
  const { url } = await side.show("x");
  const { root, headers } = await followLink(url);
  const decide = async (decision: string) => {
    const body = JSON.stringify({ decision, revision: 1 });
    expect((await fetch(`${root}/api/plans/x/decision`, { method: "POST", headers, body })).status).toBe(200);
  };
  await decide("approved");
  await until("the approval is told", () => put.length > 0);
  await until("the review is over", () => side.reviews.slugs.length === 0);
  await decide("rejected");
  await until("that it is taken back is told", () => put.length > 1);
  expect(put.map(({ text }) => text)).toEqual([
    expect.stringContaining("the user has approved it."),
    expect.stringContaining("the user has rejected it."),
  ]);
  side.close();
});
