import { describe, expect, onTestFinished, test } from "bun:test";
import { FeedbackAnnouncer } from "../../../src/host/plans/feedback-announcer.ts";
import { OpenReviews } from "../../../src/host/plans/open-reviews.ts";
import { changesSubjects } from "../../../src/host/reviews/changes-subjects.ts";
import { Workspace } from "../../../src/workspace/workspace.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";
import { until } from "../../until.ts";
import { gitRig, TEN_LINES, value } from "../../workspace/git-rig.ts";

/** Changes that a session has put up for review, and who tells it what comes later. */
async function createRig({ isHere = true } = {}) {
  const git = gitRig();
  const agent = await git.agent();
  agent.write("a.txt", TEN_LINES.replace("line 5", "five"));
  const workspace = new Workspace(git.parts);
  const { instanceId } = agent;
  value(await workspace.reviews.ask(instanceId, "ses_1"));
  const put: { text: string; sessionId: string; metadata: unknown }[] = [];
  const announcer = () => {
    const clock = new FakeClock();
    const reviews = new OpenReviews();
    const one = new FeedbackAnnouncer({
      subjects: changesSubjects({
        reviews: async () => workspace.reviews,
        agent: async () => (isHere ? { agent: "thor", title: "a\ntask" } : undefined),
      }),
      host: {
        messages: async () => [],
        put: async (sessionId, { text, metadata }) => {
          put.push({ text, sessionId, metadata });
          return true;
        },
      },
      sessions: { isBusy: () => false, isActive: () => true },
      agent: async () => undefined,
      report: (message, cause) => expect.unreachable(`${message} ${String(cause)}`),
      ...{ clock, reviews },
    });
    onTestFinished(() => one.close());
    /** As time goes on: whatever is due is told. */
    const told = async (many = 1) =>
      await until("it is told", () => {
        clock.advance(100);
        return put.length >= many;
      });
    return { one, clock, reviews, told };
  };
  return { workspace, instanceId, put, announcer };
}

describe("what the user decides on changes after the wait", () => {
  test.each(["applied", "discarded"] as const)("%s is told to the session that asked, once", async (decision) => {
    const { workspace, instanceId, put, announcer } = await createRig();
    const [first, second] = [announcer(), announcer()];
    await Promise.all([first.one.followAll(), second.one.followAll()]);
    expect(first.reviews.of("ses_1")).toEqual([instanceId]);
    if (decision === "applied") value(await workspace.apply(instanceId, { note: "Thanks,\nall" }));
    else value(await workspace.discard(instanceId, "Thanks,\nall"));
    await Promise.all([first.told(), second.told()]);
    await until("nothing is left to tell", async () => (await workspace.reviews.underReview()).length === 0);
    expect(put).toHaveLength(1);
    expect(put[0]).toMatchObject({ sessionId: "ses_1", metadata: { bizar: { plan: instanceId } } });
    expect(put[0]?.text.split("\n")).toEqual([
      expect.stringContaining("automatic message of the Bizar plugin"),
      expect.stringContaining(
        `The changes of thor "a task" (${instanceId}), which you put up for review: the user has ${decision}`,
      ),
      'Note: "Thanks, all"',
    ]);
  });

  test("that they are sent back is not: the agent goes on, and its end is told", async () => {
    const { workspace, instanceId, put, announcer } = await createRig();
    const { one, clock, reviews } = announcer();
    await one.followAll();
    value(await workspace.reviews.decide(instanceId, { decision: "sent_back", comments: 1 }));
    await until("the review is over", () => reviews.slugs.length === 0);
    clock.advance(60_000);
    expect(put).toEqual([]);
  });

  test("before an opencode starts is told by that one; what a wait has told already is not", async () => {
    const { workspace, instanceId, put, announcer } = await createRig();
    value(await workspace.apply(instanceId));
    const later = announcer();
    await later.one.followAll();
    await later.told();
    expect(put).toHaveLength(1);
    expect(await workspace.reviews.underReview()).toEqual([]);
  });

  test("on those of another project is left to its own opencode", async () => {
    const { workspace, instanceId, announcer } = await createRig({ isHere: false });
    value(await workspace.apply(instanceId));
    const { one, clock, reviews } = announcer();
    await one.followAll();
    expect([clock.pending, reviews.slugs]).toEqual([0, []]);
    expect(await workspace.reviews.underReview()).toEqual([instanceId]);
  });
});
