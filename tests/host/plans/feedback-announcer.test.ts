import { describe, expect, test } from "bun:test";
import { FeedbackAnnouncer, type AskingAgent } from "../../../src/host/plans/feedback-announcer.ts";
import type { HostMessage } from "../../../src/opencode/answers.ts";
import type { SyntheticMessage } from "../../../src/opencode/host-client.ts";
import { OpenReviews } from "../../../src/host/plans/open-reviews.ts";
import { planSubjects } from "../../../src/host/plans/plan-subjects.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { createPlans } from "../../../src/plans/file-plans.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { until } from "../../until.ts";

const SESSION = "ses_1";

function message(metadata: Record<string, unknown>): HostMessage {
  return {
    info: {
      ...{ id: "msg_1", role: "user", summary: undefined, time: { created: 1 } },
      ...{ agent: "odin", model: { providerID: "p", modelID: "m" } },
    },
    parts: [{ type: "text", text: "", metadata }],
  };
}

/** A plan that the session has put up for review, and an announcer with time and host in the test's hands. */
async function createRig(asker: { sessionId: string; instanceId?: string } = { sessionId: SESSION }) {
  const plans = createPlans({ folder: `${temporaryFolder()}/plans`, clock: systemClock });
  await plans.create("x", "blank");
  await plans.openReview("x", asker);
  const state = {
    isBusy: false,
    isActive: true,
    agent: undefined as AskingAgent | undefined,
    fails: 0,
    gone: false,
    asked: 0,
  };
  const put: (SyntheticMessage & { sessionId: string })[] = [];
  const host = {
    messages: async () => (state.gone ? undefined : [message({}), ...put.map(({ metadata }) => message(metadata))]),
    put: async (sessionId: string, given: SyntheticMessage) => {
      if (state.fails-- > 0) throw new Error("The host is away.");
      put.push({ ...given, sessionId });
      return true;
    },
  };
  const announcer = () => {
    const clock = new FakeClock();
    const reviews = new OpenReviews();
    const one = new FeedbackAnnouncer({
      subjects: planSubjects(plans),
      clock,
      host,
      reviews,
      sessions: { isBusy: () => (state.asked++, state.isBusy), isActive: () => state.isActive },
      agent: async () => state.agent,
      report: () => undefined,
    });
    return { announcer: one, clock, reviews };
  };
  return {
    plans,
    state,
    put,
    announcer,
    comment: async (id: string) =>
      await plans.edit("x", { kind: "person" }, [{ op: "add_comment", comment: { id, elementId: null, text: id } }]),
    told: async () => {
      const found = await plans.read("x");
      return found.ok ? found.value.meta.review.toldUntil : undefined;
    },
  };
}

/** A plan whose approval could not be told at the first attempt. */
/** A decision is seen twice, in the ledger and in the files: what is due may be scheduled more than once. */
function isToldNow(clock: FakeClock, put: readonly unknown[]): boolean {
  clock.advance(0);
  return put.length > 0;
}

async function decisionThatFailed() {
  const { announcer, plans, put, state, told } = await createRig();
  state.fails = 1;
  const before = await told();
  const { announcer: one, clock } = announcer();
  await one.followAll();
  await plans.decide("x", "approved");
  await until("it is scheduled", () => clock.pending > 0);
  clock.advance(0);
  await until("it has failed", async () => state.fails === 0 && (await told()) === before && clock.pending > 0);
  return { one, clock, put, state };
}

describe("what the user did after the wait", () => {
  test("a decision wakes the session that asked, with its agent and model, and is told once", async () => {
    const { announcer, plans, put } = await createRig();
    const { announcer: one, clock, reviews } = announcer();
    await one.followAll();
    expect(reviews.of(SESSION)).toEqual(["x"]);
    await plans.decide("x", "approved", "Go");
    await until("it is scheduled", () => clock.pending > 0);
    clock.advance(0);
    await until("it is told", () => put.length > 0);
    expect(put[0]).toMatchObject({
      sessionId: SESSION,
      wake: true,
      choice: { agent: "odin", model: { providerID: "p", modelID: "m" } },
    });
    expect(put[0]?.text).toContain('the user has approved it.\nNote: "Go"');
    expect(put[0]?.metadata["bizar"]).toMatchObject({ plan: "x" });
    await until("the review is over", () => reviews.slugs.length === 0);
    await one.follow("x");
    expect(clock.pending).toBe(0);
    expect(put).toHaveLength(1);
    one.close();
  });

  test("comments wait for three quiet seconds, and come as one message", async () => {
    const { announcer, comment, put } = await createRig();
    const { announcer: one, clock } = announcer();
    await one.followAll();
    await comment("c_one");
    await until("it is scheduled", () => clock.pending > 0);
    clock.advance(2900);
    await comment("c_two");
    await one.follow("x");
    clock.advance(2900);
    expect(put).toEqual([]);
    clock.advance(100);
    await until("they are told", () => put.length > 0);
    expect(put[0]?.text).toMatch(/c_one[\s\S]*c_two/);
    expect(put[0]?.text).toContain("it is not approved yet");
    one.close();
  });

  test("a busy session is told when it is idle; one that is waited for by a tool, when the wait has ended", async () => {
    const { announcer, plans, put, state } = await createRig();
    const { announcer: one, clock, reviews } = announcer();
    state.isBusy = true;
    const ended = reviews.waiting(SESSION, "x");
    await plans.decide("x", "rejected");
    await one.followAll();
    clock.advance(0);
    state.isBusy = false;
    one.idle();
    await one.follow("x");
    clock.advance(0);
    await one.follow("x");
    expect(put).toEqual([]);
    ended();
    await one.follow("x");
    await until("it is told", () => isToldNow(clock, put));
    one.close();
  });

  test("of two hosts one tells; the one in which the session is not at work waits, and leaves a note", async () => {
    const { announcer, plans, put, state } = await createRig();
    const [first, second] = [announcer(), announcer()];
    await Promise.all([first.announcer.followAll(), second.announcer.followAll()]);
    await plans.decide("x", "approved");
    await until("both are ready", () => first.clock.pending > 0 && second.clock.pending > 0);
    first.clock.advance(0);
    second.clock.advance(0);
    await until("it is told", () => put.length > 0);
    await Promise.all([first.announcer.follow("x"), second.announcer.follow("x")]);
    expect([first.clock.pending, second.clock.pending]).toEqual([0, 0]);
    expect(put).toHaveLength(1);
    await plans.openReview("x", { sessionId: SESSION });
    state.isActive = false;
    const third = announcer();
    await third.announcer.followAll();
    await plans.decide("x", "rejected");
    await until("it is scheduled", () => third.clock.pending > 0);
    third.clock.advance(4900);
    expect(put).toHaveLength(1);
    third.clock.advance(100);
    await until("the note is there", () => put.length > 1);
    expect(put[1]?.wake).toBe(false);
    for (const { announcer: one } of [first, second, third]) one.close();
  });

  test("a message that did not get through leaves it untold, and it is tried again", async () => {
    const { one, clock, put } = await decisionThatFailed();
    clock.advance(1000);
    await until("it is told", () => put.length > 0);
    one.close();
  });

  test("a decision that did not get through waits for a session that has begun to work meanwhile", async () => {
    const { one, clock, put, state } = await decisionThatFailed();
    state.isBusy = true;
    const { asked } = state;
    clock.advance(1000);
    await until("it is held back", () => state.asked > asked);
    state.isBusy = false;
    one.idle();
    await until("it is told", () => isToldNow(clock, put));
    one.close();
  });

  test("an agent's review is told first by the host in which its parent is at work", async () => {
    const { announcer, plans, put, state } = await createRig({ sessionId: "ses_agent", instanceId: "bgr_1" });
    state.agent = { instanceId: "bgr_1", agent: "thor", parentSessionId: SESSION, hasEnded: true };
    state.isActive = false;
    const { announcer: one, clock } = announcer();
    await one.followAll();
    await plans.decide("x", "approved");
    await until("it is scheduled", () => clock.pending > 0);
    clock.advance(4900);
    expect(clock.pending).toBe(1);
    clock.advance(100);
    await until("the note is there", () => put.length > 0);
    expect(put[0]).toMatchObject({ sessionId: SESSION, wake: false });
    one.close();
  });

  test("an agent's review is its parent's once the agent has ended", async () => {
    const { announcer, plans, put, state } = await createRig({ sessionId: "ses_agent", instanceId: "bgr_1" });
    const agent = { instanceId: "bgr_1", agent: "thor", parentSessionId: SESSION, hasEnded: false };
    state.agent = agent;
    const { announcer: one, clock, reviews } = announcer();
    await one.followAll();
    expect(reviews.of(SESSION)).toEqual(["x"]);
    await plans.decide("x", "approved");
    await until("it is scheduled", () => clock.pending > 0);
    clock.advance(0);
    await one.follow("x");
    expect(put).toEqual([]);
    state.agent = { ...agent, hasEnded: true };
    await one.followAll();
    await until("it is told", () => isToldNow(clock, put));
    expect(put[0]).toMatchObject({ sessionId: SESSION });
    expect(put[0]?.text).toContain('bizar_send_message {"instanceId": "bgr_1"}');
    one.close();
  });

  test("a plan of which there can be none is not followed", async () => {
    const { announcer, plans } = await createRig();
    const watched = new Set<string>();
    const watch = plans.watch.bind(plans);
    Object.assign(plans, {
      watch: (...given: Parameters<typeof watch>) => {
        watched.add(given[0]);
        const one = watch(...given);
        return { close: () => (watched.delete(given[0]), one.close()) };
      },
    });
    const { announcer: one } = announcer();
    for (const slug of ["y", "Not a slug"]) await one.follow(slug);
    expect([...watched]).toEqual([]);
    one.close();
  });
});
