import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { feedbackSince } from "../../src/plans/feedback.ts";
import { createPlans } from "../../src/plans/file-plans.ts";
import { DECISIONS, type PlanStatus, type Review } from "../../src/plans/plan.ts";
import type { Plans } from "../../src/plans/plan-store-port.ts";
import { toldUntil } from "../../src/plans/review.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { add, held, ledgerIn, person, plansIn, thor } from "./plan-rig.ts";

const START = Date.UTC(2026, 0, 1);

/** A plan, and a clock that stands still until it is moved. */
async function project(): Promise<{ plans: Plans; pass: (ms: number) => void }> {
  let now = START;
  const clock = {
    now: () => now,
    after(delayMs: number, run: () => void) {
      now += delayMs;
      run();
      return { clear() {} };
    },
  };
  const plans = createPlans({ folder: `${temporaryFolder()}/plans`, clock });
  held(await plans.create("a", "blank"));
  return { plans, pass: (ms) => void (now += ms) };
}

const asker = { sessionId: "ses_1" };
const said = (id: string) => ({ op: "add_comment", comment: { id, elementId: null, text: "Why?" } }) as const;
const unplaced = (id: string) => ({ op: "add_element", element: { id, type: "text", title: id } }) as const;

describe("a review", () => {
  test("is asked for by a session, and told of up to that moment", async () => {
    const { plans } = await project();
    const { meta } = held(await plans.openReview("a", { sessionId: "ses_1", instanceId: "bgr_1" }));
    expect(meta.review).toMatchObject({ state: "open", askedBy: { sessionId: "ses_1", instanceId: "bgr_1" } });
    expect(meta.review.toldUntil).toBe(meta.review.askedAt as string);
  });

  test("goes on for the session that asked, with what it has been told of", async () => {
    const { plans, pass } = await project();
    const first = held(await plans.openReview("a", asker));
    pass(1_000);
    await plans.edit("a", person, [add("el_1")]);
    const again = held(await plans.openReview("a", asker));
    expect(again.meta.review).toEqual(first.meta.review);
  });

  test("ends with all that was collected at once, with a decision or none", async () => {
    const { plans, pass } = await project();
    const { meta } = held(await plans.openReview("a", asker));
    const since = meta.review.toldUntil ?? "";
    pass(1_000);
    const commented = held(await plans.finishReview("a", { operations: [said("c_1")] }));
    expect(commented.meta.review.state).toBe("open");
    expect(feedbackSince(commented, since)).toMatchObject({
      status: "feedback_received",
      newComments: [{ id: "c_1", author: "user" }],
    });
    held(await plans.told("a", feedbackSince(commented, since).until));
    pass(1_000);
    const { revision } = commented.plan;
    const round = { decision: "changes_requested", note: "Smaller", operations: [said("c_2")] } as const;
    expect(await plans.finishReview("a", round, revision - 1)).toMatchObject({
      ok: false,
      problem: { reason: "changed" },
    });
    const decided = held(await plans.finishReview("a", round, revision));
    expect(decided.decidedRevision).toBe(decided.plan.revision);
    expect(feedbackSince(decided, decided.meta.review.toldUntil ?? "")).toMatchObject({
      status: "changes_requested",
      note: "Smaller",
      newComments: [{ id: "c_2" }],
    });
    const wrong = { op: "reply_to_comment", commentId: "c_none", reply: { id: "r_1", text: "x" } } as const;
    expect(await plans.finishReview("a", { decision: "approved", operations: [wrong] })).toMatchObject({ ok: false });
    expect(held(await plans.read("a")).meta.status).toBe("changes_requested");
  });

  test("keeps everything in its place: what an agent adds from then on is all that is placed", async () => {
    const { plans } = await project();
    const from = { op: "add_connection", connection: { id: "conn_1", from: "el_1", to: "el_2" } } as const;
    await plans.edit("a", thor, [unplaced("el_1"), unplaced("el_2"), from]);
    const placesOf = async () => held(await plans.read("a")).plan.elements.map(({ id, x, y }) => ({ id, x, y }));
    held(await plans.openReview("a", asker));
    const before = await placesOf();
    const between = { op: "add_connection", connection: { id: "conn_2", from: "el_3", to: "el_1" } } as const;
    await plans.edit("a", thor, [unplaced("el_3"), between]);
    expect((await placesOf()).slice(0, before.length)).toEqual(before);
  });

  test("of an empty plan does not end with an approval", async () => {
    const { plans } = await project();
    await plans.edit("a", thor, [{ op: "delete_element", id: "el_start" }]);
    expect(await plans.decide("a", "approved")).toMatchObject({ ok: false, problem: { reason: "not_allowed" } });
    held(await plans.decide("a", "changes_requested"));
  });

  test("that was decided while nobody waited goes on until the session is told", async () => {
    const { plans, pass } = await project();
    const { meta } = held(await plans.openReview("a", asker));
    pass(1_000);
    held(await plans.decide("a", "changes_requested", "Smaller"));
    const again = held(await plans.openReview("a", asker));
    expect(again.meta).toMatchObject({ status: "changes_requested", review: { state: "decided", note: "Smaller" } });
    const feedback = feedbackSince(again, meta.review.toldUntil ?? "");
    expect(feedback).toMatchObject({ status: "changes_requested", note: "Smaller" });
    held(await plans.told("a", feedback.until));
    const next = held(await plans.openReview("a", asker));
    expect(next.meta).toMatchObject({ status: "in-progress", review: { state: "open" } });
    expect(next.meta.review).not.toHaveProperty("decision");
    expect(feedbackSince(next, next.meta.review.toldUntil ?? "").status).toBe("none");
  });

  test("of another session is a new one", async () => {
    const { plans, pass } = await project();
    const { meta } = held(await plans.openReview("a", asker));
    pass(1_000);
    const other = held(await plans.openReview("a", { sessionId: "ses_2" }));
    expect(other.meta.review.askedBy).toEqual({ sessionId: "ses_2" });
    expect((other.meta.review.askedAt ?? "") > (meta.review.askedAt ?? "")).toBe(true);
  });

  test("keeps its decision whatever is edited after it", async () => {
    const { plans } = await project();
    held(await plans.openReview("a", asker));
    held(await plans.decide("a", "approved"));
    await plans.edit("a", person, [add("el_1")]);
    await plans.edit("a", person, [{ op: "add_comment", comment: { id: "c_1", elementId: null, text: "But" } }]);
    expect(held(await plans.read("a")).meta).toMatchObject({
      status: "approved",
      review: { state: "decided", decision: "approved" },
    });
  });

  test("leaves the status of a plan that nobody has decided on", async () => {
    const { plans } = await project();
    for (const status of ["draft", "in-progress", "done"] as const) {
      held(await plans.setStatus("a", thor, status));
      expect(held(await plans.openReview("a", { sessionId: status })).meta.status).toBe(status);
    }
  });

  test("is never told backwards", async () => {
    const { plans } = await project();
    const { meta } = held(await plans.openReview("a", asker));
    held(await plans.told("a", new Date(START - 1).toISOString()));
    expect(held(await plans.read("a")).meta.review.toldUntil).toBe(meta.review.toldUntil as string);
  });

  test("of which several want to tell the same is told by one", async () => {
    const { plans } = await project();
    const { meta } = held(await plans.openReview("a", asker));
    const until = new Date(START + 60_000).toISOString();
    const told = await Promise.all(
      [1, 2, 3].map(async () => held(await plans.tellOnce("a", meta.review.toldUntil ?? "", until))),
    );
    expect(told.filter(Boolean)).toHaveLength(1);
  });
});

describe("the status", () => {
  for (const decision of DECISIONS) {
    test(`${decision} is a person's to set, and decides the review`, async () => {
      const { plans } = await project();
      held(await plans.openReview("a", asker));
      expect(await plans.setStatus("a", thor, decision)).toMatchObject({
        ok: false,
        problem: { reason: "not_allowed" },
      });
      expect(held(await plans.read("a")).meta).toMatchObject({ status: "draft", review: { state: "open" } });
      const { meta } = held(await plans.setStatus("a", person, decision, "Because"));
      expect(meta).toMatchObject({
        status: decision,
        review: { state: "decided", decision, decidedBy: "user", note: "Because" },
      });
    });
  }

  test("is an agent's to set otherwise", async () => {
    const { plans } = await project();
    for (const status of ["in-progress", "done", "draft"] satisfies PlanStatus[]) {
      expect(held(await plans.setStatus("a", thor, status)).meta.status).toBe(status);
    }
  });

  test("is decided by a person without a review, too", async () => {
    const { plans } = await project();
    expect(held(await plans.decide("a", "rejected")).meta).toMatchObject({
      status: "rejected",
      review: { state: "decided" },
    });
  });
});

describe("time", () => {
  test("of two things in the same millisecond, the later one is not lost to who has been told of the first", async () => {
    const { plans } = await project();
    held(await plans.openReview("a", asker));
    await plans.edit("a", person, [add("el_1")]);
    const first = feedbackSince(held(await plans.read("a")), held(await plans.read("a")).meta.review.toldUntil ?? "");
    held(await plans.told("a", first.until));
    await plans.edit("a", person, [{ op: "add_comment", comment: { id: "c_1", elementId: null, text: "And" } }]);
    const second = feedbackSince(held(await plans.read("a")), first.until);
    expect([first.edits.length, second.newComments.length, second.edits.length]).toEqual([1, 1, 0]);
    held(await plans.told("a", second.until));
    held(await plans.decide("a", "approved"));
    expect(feedbackSince(held(await plans.read("a")), second.until).status).toBe("approved");
  });
});

/** What of a person's doing the session that asked has yet to be told. */
async function untold(plans: Plans): Promise<string> {
  const now = held(await plans.read("a"));
  return feedbackSince(now, toldUntil(now.meta)!).status;
}

describe("a clock that was ahead and has been put right", () => {
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const latest = new Date(Date.now() + 7_200_000).toISOString();

  async function withReview(review: Review) {
    const folder = temporaryFolder();
    held(await plansIn(folder).create("a", "blank"));
    const path = `${folder}/plans/a/meta.json`;
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), lastEdited: later, review }));
    const { id = "" } = held(await plansIn(folder).read("a")).plan;
    await ledgerIn(folder).write({ slug: "a", id }, { review });
    return plansIn(folder);
  }
  const askedBy = { sessionId: "ses_1" };

  test("hides no approval that comes after", async () => {
    const plans = await withReview({ state: "open", askedBy, askedAt: later, toldUntil: later });
    expect(await untold(plans)).toBe("none");
    await plans.decide("a", "approved");
    expect(await untold(plans)).toBe("approved");
  });

  test("leaves what was told told, and what was not to be told", async () => {
    const decided: Review = { state: "decided", askedBy, askedAt: later, decision: "approved", decidedAt: latest };
    expect(await untold(await withReview({ ...decided, toldUntil: later }))).toBe("approved");
    expect(await untold(await withReview({ ...decided, toldUntil: latest }))).toBe("none");
  });
});
